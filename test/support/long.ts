/** Whether the cases that take long are run, too: `make test-long`. */
export const isLong = Boolean(process.env.LONG);

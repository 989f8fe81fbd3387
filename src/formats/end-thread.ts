/**
 * Ends this thread as a trap from outside of a promise does: what is left of the reader's memory is not to be trusted. Never
 * settles.
 */
export function endThread(trap: WebAssembly.RuntimeError): Promise<never> {
  setImmediate(() => {
    throw trap;
  });
  return new Promise(() => undefined);
}

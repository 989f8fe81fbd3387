import { toPrintableLines } from "../contract/printable.ts";

/**
 * Writes to stdout. Rows and datasets get into what commands say, so this is the door that all of it goes through: what a
 * terminal would act on is written as an escape. Inside JSON that stays the same JSON.
 */
export function print(text: string): void {
  process.stdout.write(toPrintableLines(text));
}

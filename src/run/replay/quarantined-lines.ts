import { ZodError } from "zod";
import { DamageError } from "#contract";
import { parseOwnJson } from "../../schema/json-text.ts";
import { type QuarantineLine, quarantineSchema } from "../../schema/quarantine.ts";
import { listLineBatches } from "../read-lines.ts";

/** A line of quarantine as it was found. */
export type QuarantinedLine = {
  /** From 1, in its file. */
  readonly number: number;
  /** Without its line end. */
  readonly bytes: Buffer;
  readonly line: QuarantineLine;
};

/**
 * The lines of a quarantine file, one block in memory at a time. At most `linesMax`: what stands beyond may be half
 * written. Throws DamageError for a line that planstream has not written.
 */
export async function* listQuarantinedLines(path: string, linesMax: number): AsyncGenerator<QuarantinedLine> {
  for await (const lines of listLineBatches(path)) {
    for (const { number, bytes } of lines) {
      if (number > linesMax) return;
      yield { number, bytes, line: parseLine(bytes.toString("utf8"), path, number) };
    }
  }
}

function parseLine(text: string, path: string, number: number): QuarantineLine {
  try {
    return quarantineSchema.parse(parseOwnJson(text));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError || error instanceof ZodError)) throw error;
    const [issue] = error instanceof ZodError ? error.issues : [];
    const what = issue ? `${issue.path.join(".") || "the line"}: ${issue.message}` : "it is no JSON";
    throw new DamageError(
      `${path} line ${number} is not a line of quarantine: ${what}. Nothing was touched. \`planstream verify\` tells more.`,
      { cause: error },
    );
  }
}

import { type ByteSource, type Columns, SourceError } from "#contract";
import { parseJsonText } from "../schema/json-text.ts";
import { openJsonArray } from "./json-array.ts";
import { findJsonFault } from "./json-fault.ts";
import { openJsonField } from "./json-field.ts";
import { openJsonLines } from "./json-lines.ts";
import { ROW_BYTES_MAX } from "./limits.ts";
import { openParquet } from "./parquet-file.ts";
import type { RowFile } from "./row-file.ts";
import { sniffFormat } from "./sniff.ts";
import type { TextLimits } from "./text-slices.ts";

export type OpenOptions = {
  /** Top-level member that holds the rows of a file that is one JSON object, as the loader declares it. */
  readonly field?: string | undefined;
  readonly columns: Columns;
  readonly limits?: TextLimits;
};

/** Bytes read to find the first lines, growing step by step, and how many of them are looked at. */
const FIRST_LINES_STEPS = [64 * 1024, 2 ** 20, ROW_BYTES_MAX];
const FIRST_LINES_MAX = 50;

/**
 * Opens a file of rows in whatever format its content shows. A file of 0 bytes has 0 rows. Throws SourceError: "malformed"
 * if it holds no rows in a format that is known, and what the reader of its format throws.
 */
export async function openFile(source: ByteSource, { field, columns, limits }: OpenOptions): Promise<RowFile> {
  if (source.size === 0) {
    await source.read(0, 0); // throws if it should have bytes
    return openJsonLines(source);
  }
  const { kind, contentStart } = await sniffFormat(source);
  const options = { contentStart, ...(limits && { limits }) };
  switch (kind) {
    case "parquet":
      return openParquet(source, columns);
    case "array":
      return openJsonArray(source, options);
    case "blank":
      return openJsonLines(source, options);
    case "object":
      if (field !== undefined) return openJsonField(source, field, options);
      await assertJsonLines(source, contentStart);
      return openJsonLines(source, options);
  }
}

/**
 * One object over many lines begins like JSON Lines, and would give a faulty row for each of its lines. A damaged first
 * line is told from it by the lines after it: only JSON Lines has whole objects there.
 */
async function assertJsonLines(source: ByteSource, contentStart: number): Promise<void> {
  const lines = await readFirstLines(source, contentStart);
  const [first] = lines;
  // Longer than a row may be: that row fails by itself, and the lines after it are read.
  if (first === undefined || isWholeValue(first) || lines.some(isWholeObject)) return;
  const { position, found, expected } = findJsonFault(first) ?? { position: 0, found: "it", expected: "JSON" };
  throw new SourceError(
    "malformed",
    `${source.path}: the first line is not a whole JSON value (character ${position}: found ${found}, expected ${expected}), nor is a line after it a JSON object. ` +
      "If the file is one object, declare the `field` of it that holds the rows; if it is JSON Lines, these lines are damaged.",
  );
}

/** The lines that end within the first step that holds one, blank ones left out; none if the first line is longer. */
async function readFirstLines(source: ByteSource, contentStart: number): Promise<string[]> {
  for (const step of FIRST_LINES_STEPS) {
    const end = Math.min(contentStart + step, source.size);
    const text = Buffer.from(await source.read(contentStart, end)).toString("utf8");
    const lines = text.split("\n");
    if (end < source.size) lines.pop();
    const filled = lines.filter((line) => line.trim() !== "");
    if (filled.length > 0) return filled.slice(0, FIRST_LINES_MAX);
  }
  return [];
}

function isWholeValue(line: string): boolean {
  try {
    parseJsonText(line);
    return true;
  } catch (error) {
    // Too deep, yet a line: as a row it fails by itself.
    return !(error instanceof SyntaxError);
  }
}

/** A line of an indented object can be a value by chance (`{}`), but hardly an object with members. */
function isWholeObject(line: string): boolean {
  return /^\s*\{\s*"/.test(line) && isWholeValue(line);
}

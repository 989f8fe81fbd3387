import type { JsonValue } from "#contract";

export type FormatName = "parquet" | "json-lines" | "json-array" | "json-field";

/** Where the next slice begins. Plain data: it goes into the journal, so that a resumed run reads on from here. */
export type Cursor = {
  /** Index of the slice in its file, from 0. */
  slice: number;
  /** Byte where the first row that is not yet in a slice begins; 0 for parquet. */
  offset: number;
  /** Index in the file of the first row that is not yet in a slice. */
  row: number;
};

export const FIRST_CURSOR: Cursor = { slice: 0, offset: 0, row: 0 };

/** A file of rows, opened on the main thread: it knows its slices and reads their bytes, and never decodes a row. */
export type RowFile = {
  readonly format: FormatName;
  /** Number of slices; exact. */
  readonly slices: number;
  /** Bytes that reading all slices will fetch. */
  readonly bytes: number;
  /** Number of rows, where the format says so before reading them. */
  readonly rows: number | undefined;
  /** The slices from a cursor on, in order. Reads ahead by at most one slice. Throws SourceError. */
  readSlices(from: Cursor): AsyncGenerator<Slice>;
};

/** The unit of work, of retry and of resume: a few megabytes of rows. */
export type Slice = {
  /** Rows in it, faults included. */
  readonly rows: number;
  readonly payload: SlicePayload;
  /** Where the slice after this one begins. */
  readonly next: Cursor;
};

/** What a worker needs to decode a slice: plain data and the buffers it owns. */
export type SlicePayload = ParquetPayload | TextPayload;

export type ParquetPayload = {
  readonly kind: "parquet";
  /** Bytes of the file as the decoder sees it: up to its footer as it is, then a footer of this one row group. */
  readonly size: number;
  /** Index in the file; for messages. */
  readonly rowGroup: number;
  /** Index in the file of the first row of the slice. */
  readonly rowStart: number;
  /** First row of the slice inside its row group, and how many. */
  readonly offset: number;
  readonly limit: number;
  /** Dotted physical paths of the leaf columns to decode, in the plain names of the payload's footer. */
  readonly leaves: readonly string[];
  /** The file's own names of the elements of its schema, in the order of the schema. */
  readonly names: readonly string[];
  /**
   * The parts of the file that are in memory: the column chunks, and the footer. Post it as it is, and again after a worker
   * has died of it; never put it into a transfer list. Shared memory where the row group has several slices.
   */
  readonly chunks: readonly { readonly start: number; readonly bytes: Uint8Array }[];
};

export type TextPayload = {
  readonly kind: "text";
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** [start, end) byte pairs of the rows inside `bytes`, in order. */
  readonly bounds: Uint32Array<ArrayBuffer>;
  /** Index in the file of each of those rows (blank lines have an index and are no rows). */
  readonly rowIndexes: Uint32Array<ArrayBuffer>;
  /** Byte in the file of `bytes[0]`. */
  readonly byteStart: number;
  /** Rows that could not be cut out, in order. */
  readonly faults: readonly TextFault[];
};

/** A row that can't be handed over as bytes: too large, or cut off by the end of the file. */
export type TextFault = {
  readonly row: number;
  /** Byte range in the file. */
  readonly start: number;
  readonly end: number;
  readonly reason: "row_too_large" | "truncated_file";
  readonly message: string;
  /** The first bytes of it, for a person to recognise. */
  readonly head: Uint8Array<ArrayBuffer>;
};

/** The rows of a slice, decoded on demand in a worker. */
export type Rows = {
  /** Rows, faults included, in file order. */
  readonly length: number;
  /** Index in the file of row `i` of the slice. */
  rowIndex(i: number): number;
  /** The row, narrowed to the loader's columns. Throws RowError (stage `decode`). */
  read(i: number): JsonValue;
  /** What a person needs to see of a row that failed: its text, or, if that isn't UTF-8, its bytes. */
  raw(i: number): RawRow;
  /** Gives back what the rows are decoded from, where that is much; none can be read after it. */
  release?(): void;
};

/** A row as it goes into quarantine: exactly one of the three forms, and the byte range where the format has one. */
export type RawRow = {
  readonly json?: JsonValue;
  readonly text?: string;
  readonly base64?: string;
  /** Set when only the head of the row is kept. */
  readonly truncated?: true;
  /** [start, end) in the file. */
  readonly bytes?: readonly [number, number];
};

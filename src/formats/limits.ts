// What a row may be, and why no more. A row beyond a limit goes to quarantine under the reason that is named; its neighbours
// are read. How deep and how many values: JSON_DEPTH_MAX (`too_deep`) and JSON_VALUES_MAX (`too_many_values`). They hold
// for the JSON or Python text in a column, too; what is beyond them there is no value to its loader, which says so with a
// reason of its own (`not_calls`, `arguments_not_object`, …).
export { JSON_DEPTH_MAX, JSON_VALUES_MAX } from "../schema/json-text.ts";

/**
 * Bytes of one row's JSON text, and characters of its canonical JSON (`row_too_large`): it would be larger than any
 * trainer's line buffer, and a worker holds a row several times over (bytes, text, values, line). The row is not kept whole,
 * only its head and where it lies.
 */
export const ROW_BYTES_MAX = 16 * 2 ** 20;

/**
 * Levels of nesting of a parquet file's schema: each list takes two of them, so this holds every row that JSON_DEPTH_MAX
 * admits. A deeper schema makes readers recurse until their stack ends; the file is refused (`unreadable_file`).
 */
export const PARQUET_SCHEMA_DEPTH_MAX = 256;

/**
 * Bytes of a parquet file's footer (`unreadable_file` beyond). It is held in memory many times over, as objects, by the main
 * thread: one of 33 MB takes 1.2 GB, one of 72 MB ended the run. Footers on the Hub have kilobytes, some a few megabytes.
 */
export const PARQUET_FOOTER_BYTES_MAX = 32 * 2 ** 20;

/**
 * Rows that a parquet file may claim (`unreadable_file` beyond). A footer can claim any number without a byte behind it, and
 * each of them is to be accounted for; no shard on the Hub comes near.
 */
export const PARQUET_ROWS_MAX = 2 ** 28;

/**
 * Bytes of memory that the parquet reader of a thread may take. A few hundred bytes of parquet can claim any number of
 * rows of a megabyte each; beyond this the reader traps, and the slow one, which shares what rows share, reads the slice.
 * Ordinary slices take a few times PARQUET_SLICE_BYTES, and the bytes of their columns in the row group.
 */
export const PARQUET_READER_BYTES_MAX = 2 ** 30;

/**
 * Bytes of a page that the slow parquet reader unpacks (`corrupt_row_group` beyond). A page's header can claim 2 GB of 64 kB;
 * writers end a page at about a megabyte, or at one row.
 */
export const PARQUET_PAGE_BYTES_MAX = 512 * 2 ** 20;

/** Bytes of a text file per slice: large enough to pay for a hand-over, small enough that a few in flight fit in memory. */
export const TEXT_SLICE_BYTES = 2 * 2 ** 20;

/** The same where the rows are samples that are mutated: each may become a dozen plans and as many twins. */
export const PARENTS_SLICE_BYTES = 512 * 2 ** 10;

/** Uncompressed bytes of a row group's selected columns per slice; a larger group becomes several slices of rows. */
export const PARQUET_SLICE_BYTES = 16 * 2 ** 20;

/** Rows per slice of a row group: a run of a million equal values, or of nulls, is a few bytes in parquet. */
export const PARQUET_SLICE_ROWS_MAX = 2 ** 18;

/** Slices of one row group. Footers claim sizes, too; this many slices of PARQUET_SLICE_BYTES are a terabyte. */
export const PARQUET_SLICES_MAX = 2 ** 16;

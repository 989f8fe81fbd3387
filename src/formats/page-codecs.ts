import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Compressors } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { PARQUET_PAGE_BYTES_MAX } from "./limits.ts";

type Codec = NonNullable<Compressors[keyof Compressors]>;

/**
 * What unpacks the pages of a parquet file, for hyparquet: Node's own codecs where it has them. Each is held to the length
 * that the page's header promises, and throws if that is more than PARQUET_PAGE_BYTES_MAX.
 */
export const PAGE_CODECS: Compressors = bounded({
  ...compressors,
  GZIP: (input, length) => gunzipSync(input, toBound(length)),
  BROTLI: (input, length) => brotliDecompressSync(input, toBound(length)),
  ZSTD: (input, length) => zstdDecompressSync(input, toBound(length)),
  // hyparquet-compressors 1.1.2 trips over an empty page.
  LZ4_RAW: (input, length) => (length === 0 ? new Uint8Array(0) : compressors.LZ4_RAW!(input, length)),
});

function bounded(codecs: Compressors): Compressors {
  return Object.fromEntries(Object.entries(codecs).map(([name, codec]) => [name, codec && withMax(codec)]));
}

function withMax(codec: Codec): Codec {
  return (input, length) => {
    if (length <= PARQUET_PAGE_BYTES_MAX) return codec(input, length);
    throw new Error(`a page claims to hold ${length} bytes; the limit is ${PARQUET_PAGE_BYTES_MAX}`);
  };
}

function toBound(length: number): { maxOutputLength: number } {
  return { maxOutputLength: Math.max(1, length) };
}

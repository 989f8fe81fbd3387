import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { PARQUET_PAGE_BYTES_MAX } from "../../src/formats/limits.ts";
import { PAGE_CODECS } from "../../src/formats/page-codecs.ts";

const page = Buffer.from("a page ".repeat(100));

describe("PAGE_CODECS", () => {
  it.each([
    ["GZIP", gzipSync(page)],
    ["BROTLI", brotliCompressSync(page)],
    ["ZSTD", zstdCompressSync(page)],
  ] as const)("unpacks a page, and no more than its header says: %s", (name, packed) => {
    expect(Buffer.from(PAGE_CODECS[name]!(packed, page.length))).toEqual(page);
    expect(() => PAGE_CODECS[name]!(packed, page.length - 1)).toThrow();
  });

  it.each(Object.keys(PAGE_CODECS))("refuses a page that claims to be huge before it takes the memory: %s", (name) => {
    const codec = PAGE_CODECS[name as keyof typeof PAGE_CODECS]!;
    expect(() => codec(page, PARQUET_PAGE_BYTES_MAX + 1)).toThrow(/^a page claims to hold 536870913 bytes; the limit/);
  });
});

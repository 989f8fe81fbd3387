import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PARQUET_READER_BYTES_MAX } from "../../src/formats/limits.ts";
import { withMemoryMax } from "../../src/formats/wasm-memory.ts";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const PAGE = 65_536;
/** Exports memory 0 as "m". */
const EXPORT = [7, 5, 1, 1, 0x6d, 2, 0];

function toModule(...limits: number[]): Uint8Array {
  return Uint8Array.from([...HEADER, 5, limits.length + 1, 1, ...limits, ...EXPORT]);
}

/** How many pages the module's memory begins with, and how many it can come to. */
function measure(module: Uint8Array<ArrayBuffer>): [number, number] {
  const { m } = new WebAssembly.Instance(new WebAssembly.Module(module)).exports as { m: WebAssembly.Memory };
  const start = m.buffer.byteLength / PAGE;
  let grown = start;
  for (let step = 1024; step >= 1; step /= 2) {
    try {
      for (; grown < 4096; grown += step) m.grow(step);
    } catch {}
  }
  return [start, grown];
}

describe("withMemoryMax", () => {
  it.each([
    ["has no maximum", toModule(0, 2), 300, [2, 300]],
    ["has a higher one", toModule(1, 2, 0x80, 0x08), 300, [2, 300]],
    ["has a lower one", toModule(1, 2, 5), 300, [2, 5]],
    ["begins with many pages", toModule(0, 0x80, 0x02), 300, [256, 300]],
  ])("keeps a memory below a number of pages that %s", (_, module, pages, expected) => {
    expect(measure(withMemoryMax(module, pages * PAGE))).toEqual(expected);
  });

  it("rounds down to whole pages", () => {
    expect(measure(withMemoryMax(toModule(0, 1), 10 * PAGE - 1))).toEqual([1, 9]);
  });

  it("refuses a module without a memory, with two, or with one that is shared or of 64 bits", () => {
    expect(() => withMemoryMax(Uint8Array.from([...HEADER, 7, 1, 0]), PAGE)).toThrow("no section 5");
    expect(() => withMemoryMax(Uint8Array.from([...HEADER, 5, 5, 2, 0, 1, 0, 1]), PAGE)).toThrow("another memory");
    expect(() => withMemoryMax(toModule(3, 1, 2), PAGE)).toThrow("another memory");
    expect(() => withMemoryMax(toModule(4, 1), PAGE)).toThrow("another memory");
  });

  it("gives the parquet reader a maximum and changes nothing else of it", () => {
    const module = readFileSync(new URL(import.meta.resolve("parquet-wasm/esm/parquet_wasm_bg.wasm")));
    const bounded = withMemoryMax(module, PARQUET_READER_BYTES_MAX);
    expect(bounded.length - module.length).toBe(3);
    const [before, after] = [module, bounded].map((bytes) => new WebAssembly.Module(bytes)) as WebAssembly.Module[];
    expect(WebAssembly.Module.exports(after!)).toEqual(WebAssembly.Module.exports(before!));
    expect(WebAssembly.Module.imports(after!)).toEqual(WebAssembly.Module.imports(before!));
  });
});

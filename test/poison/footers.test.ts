import { describe, expect, it } from "vitest";
import { SourceError } from "#contract";
import { openParquet } from "../../src/formats/parquet-file.ts";
import { FIRST_CURSOR } from "../../src/formats/row-file.ts";
import { createMemorySource } from "../support/memory-source.ts";
import { toParquet } from "../support/parquet-writer.ts";
import { importSynthetic } from "../support/poison-files.ts";
import { createRandom, makeRow, type Random, type SyntheticRow } from "../support/synthetic.ts";

const TRIES = 400;
const TRAILER_BYTES = 8;

/** A sound file, its footer's bytes changed in some places. */
function damage(sound: Uint8Array, random: Random): Uint8Array {
  const bytes = Uint8Array.from(sound);
  const footer = new DataView(bytes.buffer).getUint32(bytes.length - TRAILER_BYTES, true);
  for (let left = random.int(1, 4); left > 0; left--) {
    const place = bytes.length - TRAILER_BYTES - random.int(1, footer);
    bytes[place] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.int(0, 255)]);
  }
  if (random.chance(0.1)) bytes[bytes.length - random.int(1, TRAILER_BYTES)] = random.int(0, 255);
  return bytes;
}

describe.each(["opal/toolscale", "jasper/gsm8k", "topaz/lmsys"])("a damaged footer of %s", (name) => {
  it("is refused with a reason, or gives the slices and rows that it says", async () => {
    const { format } = await importSynthetic(name);
    if (format.kind !== "parquet") throw new TypeError(`${name} has no parquet files`);
    const synthetic = await importSynthetic(name);
    const rows = Array.from({ length: 40 }, (_, index) => {
      return makeRow(synthetic, { config: "main", split: "train", index }, { clean: true }) as SyntheticRow;
    });
    const sound = toParquet(format.columns, rows, { ...format, rowGroupRows: 10 });
    const random = createRandom(97);
    const ends = { refused: 0, read: 0 };
    for (let left = TRIES; left > 0; left--) {
      try {
        const file = await openParquet(createMemorySource(damage(sound, random)), true);
        const slices = await Array.fromAsync(file.readSlices(FIRST_CURSOR));
        expect([slices.length, slices.reduce((sum, slice) => sum + slice.rows, 0)]).toEqual([file.slices, file.rows]);
        ends.read++;
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        expect(error.failure).toBe("malformed");
        ends.refused++;
      }
    }
    expect(ends.refused).toBeGreaterThan(TRIES / 10);
    expect(ends.read).toBeGreaterThan(TRIES / 10);
  });
});

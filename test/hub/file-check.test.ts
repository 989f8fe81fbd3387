import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FileCheck } from "../../src/hub/file-check.ts";
import { gitOid, makeBytes, sha256 } from "./hub-fixture.ts";

const SIZE = 400_000;
const BYTES = makeBytes(SIZE, 9);
const FILE = { path: "f", size: SIZE, sha256: sha256(BYTES) };

/** Reads [start, end) as a source does: with what lies around it, first compared and then taken in. */
function read(check: FileCheck, start: number, end: number, bytes: Buffer = BYTES) {
  const { before, after } = check.toAround(start, end);
  const [from, to] = [start - before, end + after];
  const parts = [from, start, end]
    .map((at, i) => ({ start: at, bytes: bytes.subarray(at, [start, end, to][i]) }))
    .filter((part) => part.bytes.length > 0);
  return { from, to, difference: check.findDifference(parts), wrong: check.take(parts) };
}

describe("the hash of a file that is read in order", () => {
  it("is told when it is wrong, at the last byte and not before", () => {
    const changed = Buffer.from(BYTES);
    changed[100_001] = (changed[100_001] as number) ^ 1;
    for (const [bytes, wrong] of [
      [BYTES, undefined],
      [changed, sha256(changed)],
    ] as const) {
      const check = new FileCheck(FILE);
      const cuts = [0, 65_536, 100_000, 250_000, SIZE - 1];
      for (const [i, cut] of cuts.entries()) {
        if (i > 0) expect(read(check, cuts[i - 1] as number, cut, bytes).wrong).toBeUndefined();
      }
      expect(read(check, SIZE - 1, SIZE, bytes).wrong).toBe(wrong);
    }
  });

  it("is git's for a file outside of LFS", () => {
    const file = { path: "f", size: SIZE, etag: gitOid(BYTES) };
    expect(read(new FileCheck(file), 0, SIZE).wrong).toBeUndefined();
    const other = Buffer.from(BYTES).fill(7, 5, 6);
    expect(read(new FileCheck(file), 0, SIZE, other).wrong).toBe(gitOid(other));
  });

  it("covers a parquet file: its head, its end first, then its row groups, and small gaps between them", () => {
    const changed = Buffer.from(BYTES);
    changed[210_000] = (changed[210_000] as number) ^ 1; // in a gap
    const check = new FileCheck(FILE);
    read(check, 0, 65_536, changed);
    read(check, SIZE - 65_536, SIZE, changed);
    read(check, SIZE - 70_000, SIZE - 65_536, changed); // a footer that is longer than was guessed
    read(check, 4, 200_000, changed);
    expect(read(check, 220_000, 250_000, changed)).toMatchObject({ from: 200_000, wrong: undefined });
    const last = read(check, 250_000, SIZE - 80_000, changed);
    expect(last).toMatchObject({ from: 250_000 - 256, to: SIZE - 70_000, wrong: sha256(changed) });
  });

  it("goes on where an earlier pass was broken off", () => {
    const changed = Buffer.from(BYTES);
    changed[120_000] = (changed[120_000] as number) ^ 1;
    const earlier = new FileCheck(FILE);
    read(earlier, 0, 65_536, changed);
    read(earlier, 0, 200_000, changed);
    const check = new FileCheck(FILE, earlier);
    read(check, 0, 65_536, changed);
    read(check, 150_000, 200_000, changed);
    expect(read(check, 200_000, SIZE, changed).wrong).toBe(sha256(changed));
    const alone = new FileCheck(FILE);
    expect(read(alone, 150_000, SIZE, changed).wrong).toBeUndefined(); // a resumed run: no hash, and no alarm
  });

  it("is right for any cuts in order, and reads may overlap", () => {
    const cut = fc.uniqueArray(fc.integer({ min: 1, max: SIZE - 1 }), { maxLength: 12 });
    fc.assert(
      fc.property(cut, fc.nat(3_000), fc.boolean(), (cuts, overlap, isDamaged) => {
        const bytes = Buffer.from(BYTES);
        if (isDamaged) bytes[SIZE >> 1] = (bytes[SIZE >> 1] as number) ^ 1;
        const check = new FileCheck(FILE);
        const places = [0, ...cuts.sort((a, b) => a - b), SIZE];
        const wrongs = places.slice(1).map((end, i) => {
          const { difference, wrong } = read(check, Math.max(0, (places[i] as number) - overlap), end, bytes);
          expect(difference).toBeUndefined();
          return wrong;
        });
        expect(wrongs.pop()).toBe(isDamaged ? sha256(bytes) : undefined);
        expect(wrongs.every((wrong) => wrong === undefined)).toBe(true);
      }),
      { seed: 11, numRuns: 30 },
    );
  });
});

/** Whether some bytes would be taken for what they are said to be. */
const differ = (check: FileCheck, start: number, bytes: Buffer, end: number) =>
  check.findDifference([{ start, bytes: bytes.subarray(start, end) }]);

describe("the edges of reads", () => {
  it("betray a body of another range, before it or after it, and asking stays inside the file", () => {
    const check = new FileCheck(FILE);
    read(check, 1_000, 5_000);
    read(check, 9_000, 12_000);
    expect(check.toAround(5_000, 9_000)).toEqual({ before: 256, after: 256 });
    expect(check.toAround(20_000, 30_000)).toEqual({ before: 0, after: 0 });
    const shifted = Buffer.concat([Buffer.alloc(3), BYTES]);
    expect(differ(check, 5_000 - 256, shifted, 6_000)).toBe(5_000 - 256);
    expect(differ(check, 8_000, shifted, 9_256)).toBe(9_000);
    expect(differ(check, 5_000 - 256, BYTES, 9_256)).toBeUndefined();
  });
});

describe("the sums of blocks", () => {
  it("betray a bit that is another the second time, wherever it is", () => {
    const check = new FileCheck(FILE);
    read(check, 0, 65_536);
    read(check, 65_536, 200_000);
    read(check, SIZE - 40_000, SIZE);
    const place = fc.oneof(fc.integer({ min: 300, max: 65_535 }), fc.integer({ min: SIZE - 20_000, max: SIZE - 300 }));
    const side = fc.nat(250);
    fc.assert(
      fc.property(place, side, side, fc.nat(7), (at, left, right, bit) => {
        const bytes = Buffer.from(BYTES);
        bytes[at] = (bytes[at] as number) ^ (1 << bit);
        const [start, end] = [at - left, at + 1 + right];
        const { before, after } = check.toAround(start, end);
        expect([start - before >= 0, end + after <= SIZE]).toEqual([true, true]);
        expect(differ(check, start - before, bytes, end + after)).toBeLessThanOrEqual(at);
        expect(differ(check, start - before, BYTES, end + after)).toBeUndefined();
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("hold for a later pass over the same file", () => {
    const earlier = new FileCheck(FILE);
    read(earlier, 0, 200_000);
    const bytes = Buffer.from(BYTES);
    bytes[150_000] = (bytes[150_000] as number) ^ 1;
    expect(read(new FileCheck(FILE, earlier), 140_000, 160_000, bytes).difference).toBeLessThanOrEqual(150_000);
  });
});

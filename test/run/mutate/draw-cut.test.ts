import { hash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createPlaceBuffer, toPlace, toRankHash } from "../../../src/pool/mutate-place.ts";
import { drawCut } from "../../../src/run/mutate/draw-cut.ts";
import { makeFolder } from "../../support/small-project.ts";

const PARENTS = Array.from({ length: 3_000 }, (_, i) => hash("sha256", `parent ${i}`, "hex"));
const LANES = ["m/a", "m/b", "n/c"];

/** Candidates of two variants of every parent in each lane, in the order that `order` says. */
function write(order: (a: number, b: number) => number) {
  const candidates = PARENTS.flatMap((parent) =>
    LANES.flatMap((lane, index) =>
      [0, 1].map((variant) => ({ index, place: toPlace(variant, toRankHash("7", parent, lane, variant)) })),
    ),
  ).sort((a, b) => order(a.place, b.place));
  const buffer = createPlaceBuffer();
  for (const { index, place } of candidates) buffer.add(index, place);
  const bytes = buffer.take();
  const path = join(makeFolder(), "places.bin");
  writeFileSync(path, bytes);
  return { path, mark: { path: "ranks/places.bin", bytes: bytes.length, lines: candidates.length, sha256: "" } };
}

test("takes the candidates with the smallest places, first variants first, in whatever order they stand", async () => {
  const taken = { "m/a": 100, "n/c": 4_000 };
  const ofLane = (lane: string) =>
    PARENTS.flatMap((parent) => [0, 1].map((variant) => toPlace(variant, toRankHash("7", parent, lane, variant)))).sort(
      (a, b) => a - b,
    );
  const expected = {
    "m/a": { taken: 100, last: ofLane("m/a")[99] },
    "n/c": { taken: 4_000, last: ofLane("n/c")[3_999] },
  };
  // All 3,000 first variants come before any second one.
  expect(expected["n/c"].last).toBeGreaterThan(1);
  for (const order of [(a: number, b: number) => a - b, (a: number, b: number) => b - a]) {
    const { path, mark } = write(order);
    expect(await drawCut(path, mark, LANES, taken)).toEqual(expected);
  }
});

test("bytes beyond the mark do not count", async () => {
  const { path, mark } = write((a, b) => a - b);
  const half = { ...mark, bytes: 10 * 9_000 };
  await expect(drawCut(path, half, LANES, { "m/a": 3_001 })).rejects.toThrow("holds 3000 candidates of m/a, not 3001");
});

test("two candidates in one place are told, not drawn by luck", async () => {
  const buffer = createPlaceBuffer();
  for (const place of [0.25, 0.5, 0.5]) buffer.add(0, place);
  const path = join(makeFolder(), "places.bin");
  writeFileSync(path, buffer.take());
  const mark = { path: "ranks/places.bin", bytes: 30, lines: 3, sha256: "" };
  expect(await drawCut(path, mark, LANES, { "m/a": 1 })).toEqual({ "m/a": { taken: 1, last: 0.25 } });
  await expect(drawCut(path, mark, LANES, { "m/a": 2 })).rejects.toThrow("Use another --seed");
});

import { hash } from "node:crypto";

/** Probe rows a stratum needs for its spread to mean something. */
const STRATUM_PROBES_MIN = 10;
const STRATA_MAX = 5;

/** How many strata a probe of so many rows can serve. */
export function toStratumCount(probeRows: number): number {
  return Math.max(1, Math.min(STRATA_MAX, Math.floor(probeRows / STRATUM_PROBES_MIN)));
}

/** Length classes an octave. Bounds of strata fall between classes, so a probe's rows can be gathered class by class. */
const CLASSES_AN_OCTAVE = 4;

/** The class of a length: its longest member, in tokens. Every class lies in one stratum. */
export function toLengthClass(tokens: number): number {
  let place = Math.max(0, Math.floor(Math.log2(Math.max(1, tokens)) * CLASSES_AN_OCTAVE) - 1);
  while (toClassEnd(place) < tokens) place++;
  return toClassEnd(place);
}

function toClassEnd(place: number): number {
  return Math.floor(2 ** (place / CLASSES_AN_OCTAVE));
}

/**
 * The lengths at which rows are divided into strata: a row belongs to the first stratum whose bound it does not exceed, or
 * to the last. Each stratum holds about the same sum of square roots of lengths, halfway between equal rows (best when
 * answers don't depend on the length) and equal tokens (best when they do).
 */
export function toStrataBounds(tokensIn: Uint32Array, strata: number): number[] {
  const sorted = tokensIn.slice().sort();
  const total = sorted.reduce((sum, tokens) => sum + Math.sqrt(tokens), 0);
  const bounds: number[] = [];
  let sum = 0;
  for (const tokens of sorted) {
    sum += Math.sqrt(tokens);
    if (bounds.length === strata - 1 || sum < (total * (bounds.length + 1)) / strata) continue;
    const bound = toLengthClass(tokens);
    if (bounds.at(-1) !== bound) bounds.push(bound);
  }
  return bounds;
}

/** Index of the stratum that a row of this length belongs to. */
export function toStratum(tokens: number, bounds: readonly number[]): number {
  const index = bounds.findIndex((bound) => tokens <= bound);
  return index === -1 ? bounds.length : index;
}

/**
 * Where a row stands in the order in which rows are taken when not all are: by SHA-256 of seed and row id, so the order
 * does not depend on what is in the row, and a longer sample holds every shorter one. 52 bits: ties do not matter.
 */
export function toRowRank(seed: number, rowId: string): number {
  return Number.parseInt(hash("sha256", `planstream/row-rank/1\n${seed}\n${rowId}`, "hex").slice(0, 13), 16);
}

/** The rows of a probe: from each stratum the same number, first by rank. Returns indices into `rows`, ascending. */
export function chooseProbe(rows: { tokensIn: Uint32Array; ranks: Float64Array }, probeRows: number): number[] {
  const strata = toStratumCount(probeRows);
  const bounds = toStrataBounds(rows.tokensIn, strata);
  const members: number[][] = Array.from({ length: bounds.length + 1 }, () => []);
  rows.tokensIn.forEach((tokens, row) => {
    members[toStratum(tokens, bounds)]?.push(row);
  });
  const rankOf = (row: number) => rows.ranks[row] ?? 0;
  let left = Math.min(probeRows, rows.tokensIn.length);
  // Small strata first: what they can't give is asked of the larger ones.
  const bySize = members.toSorted((a, b) => a.length - b.length);
  const chosen = bySize.flatMap((stratum, index) => {
    const share = Math.min(stratum.length, Math.ceil(left / (bySize.length - index)));
    left -= share;
    return stratum.sort((a, b) => rankOf(a) - rankOf(b)).slice(0, share);
  });
  return chosen.sort((a, b) => a - b);
}

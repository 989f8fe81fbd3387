import type { Manifest } from "../../schema/manifest.ts";
import { type Counts, sumCounts } from "../../schema/tally.ts";

/** A value of a distribution whose share has moved. Shares are of all that the distribution counts, from 0 to 1. */
export type Move = {
  readonly distribution: string;
  readonly value: string;
  readonly from: { readonly count: number; readonly share: number };
  readonly to: { readonly count: number; readonly share: number };
};

const DISTRIBUTIONS = ["track", "category", "provenance_tier", "scope_sensitivity", "scope_volume", "tools"] as const;
const MOVES_MAX = 10;

/** The counts that differ, by key. */
export function diffCounts(from: Counts, to: Counts): Record<string, { from: number; to: number }> {
  const changes = listKeys(from, to).map((key) => [key, { from: countOf(from, key), to: countOf(to, key) }] as const);
  // fromEntries makes own members of every name, "__proto__" too.
  return Object.fromEntries(changes.filter(([, change]) => change.from !== change.to));
}

/** The values of all distributions whose shares moved most, the furthest first. */
export function listMoves(left: Manifest, right: Manifest): Move[] {
  const moves = DISTRIBUTIONS.flatMap((distribution) => {
    const [from, to] = [left.distributions[distribution], right.distributions[distribution]];
    const [allFrom, allTo] = [sumCounts(from), sumCounts(to)];
    return listKeys(from, to).map((value): Move => {
      const [was, is] = [countOf(from, value), countOf(to, value)];
      const share = (count: number, all: number) => (all === 0 ? 0 : count / all);
      return {
        distribution,
        value,
        from: { count: was, share: share(was, allFrom) },
        to: { count: is, share: share(is, allTo) },
      };
    });
  });
  const distance = ({ from, to }: Move) => Math.abs(to.share - from.share);
  const moved = moves.filter((move) => distance(move) > 0);
  return moved.sort((a, b) => distance(b) - distance(a)).slice(0, MOVES_MAX);
}

/** Keys of either, in code-unit order. */
function listKeys(a: Counts, b: Counts): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

function countOf(counts: Counts, key: string): number {
  return Object.hasOwn(counts, key) ? (counts[key] as number) : 0;
}

import { hash } from "node:crypto";

/** A bounded set of texts, each with how often it was met. */
export type Reservoir = {
  /** Meets a text `times` times more. Gives the text that had to go for it, itself maybe; none comes back. */
  add(text: string, times?: number): string | undefined;
  /** The texts with their counts, by hash. */
  take(): [text: string, count: number][];
};

/**
 * Keeps the `max` texts whose SHA-256 is smallest: a sample of the different texts met, and the same one in whatever order
 * they come and however the streams are cut and merged. Their counts are exact: a text that is kept at the end was never out.
 */
export function createReservoir(max: number): Reservoir {
  const kept = new Map<string, { rank: string; count: number }>();
  let highest = { text: "", rank: "" }; // when full
  return {
    add(text, times = 1) {
      const known = kept.get(text);
      if (known) {
        known.count += times;
        return undefined;
      }
      const rank = hash("sha256", text, "hex");
      if (kept.size < max) {
        kept.set(text, { rank, count: times });
        if (kept.size === max) highest = toHighest(kept);
        return undefined;
      }
      if (rank > highest.rank) return text;
      const out = highest.text;
      kept.delete(out);
      kept.set(text, { rank, count: times });
      highest = toHighest(kept);
      return out;
    },
    take: () =>
      [...kept]
        .sort(([, a], [, b]) => (a.rank < b.rank ? -1 : 1))
        .map(([text, { count }]): [string, number] => [text, count]),
  };
}

function toHighest(kept: ReadonlyMap<string, { rank: string }>): { text: string; rank: string } {
  let highest = { text: "", rank: "" };
  for (const [text, { rank }] of kept) if (rank > highest.rank) highest = { text, rank };
  return highest;
}

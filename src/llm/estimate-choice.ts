import { chooseProbe, toLengthClass } from "./estimate-strata.ts";

/** Keeps the rows that come first by rank, so many at most, of any number that pass by. */
export class FirstByRank<Row> {
  readonly #rowsMax: number;
  readonly #kept: { readonly rank: number; readonly row: Row }[] = [];

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  /** In the order of their ranks. */
  get rows(): readonly Row[] {
    return this.#kept.map(({ row }) => row);
  }

  add(rank: number, row: Row): void {
    if (this.#kept.length >= this.#rowsMax && rank >= (this.#kept.at(-1)?.rank ?? -1)) return;
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#kept[middle]?.rank ?? 0) <= rank) low = middle + 1;
      else high = middle;
    }
    this.#kept.splice(low, 0, { rank, row });
    if (this.#kept.length > this.#rowsMax) this.#kept.pop();
  }
}

/** Chooses a probe's rows while all rows pass by once: what each row says is kept only while it may still be chosen. */
export type ProbeChoice<Row> = {
  add(row: Row, place: { readonly tokensIn: number; readonly rank: number }): void;
  /** The chosen rows by rank: however many of the first of them are asked, they are a sample of all lengths. */
  choose(): Row[];
};

/**
 * A choice of `probeRows` rows, the same as `chooseProbe` makes of all rows. Strata end where length classes end, so a row
 * that is chosen comes among the first `probeRows` of its class: no other has to be kept.
 */
export function createProbeChoice<Row>(probeRows: number): ProbeChoice<Row> {
  const tokens: number[] = [];
  const ranks: number[] = [];
  const classes = new Map<number, FirstByRank<readonly [number, Row]>>();
  return {
    add(row, { tokensIn, rank }) {
      const lengthClass = toLengthClass(tokensIn);
      const kept = classes.get(lengthClass) ?? new FirstByRank(probeRows);
      classes.set(lengthClass, kept);
      kept.add(rank, [tokens.length, row]);
      tokens.push(tokensIn);
      ranks.push(rank);
    },
    choose() {
      const all = { tokensIn: Uint32Array.from(tokens), ranks: Float64Array.from(ranks) };
      const kept = new Map([...classes.values()].flatMap(({ rows }) => rows));
      return chooseProbe(all, probeRows)
        .sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0))
        .map((index) => {
          const row = kept.get(index);
          if (row === undefined) throw new Error(`row ${index} of a probe was not kept`);
          return row;
        });
    },
  };
}

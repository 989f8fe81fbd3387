import type { Counts } from "../schema/tally.ts";
import type { Pools } from "./mutate/pools.ts";

/** What a worker is to make of samples. Plain data; the large members are shared between threads. */
export type MutateOrder = {
  readonly tier: "tier2" | "tier3";
  readonly seed: string;
  readonly insertSources: boolean;
  /** By name, as in the records; `url` is a file: URL. */
  readonly mutators: readonly { readonly name: string; readonly url: string }[];
  readonly work: MutateWork;
};

export type MutateWork =
  /** Gather what mutations may draw from. */
  | { readonly kind: "census" }
  /** Try the candidates whose places lie in the bands, by lane. */
  | (Corpus & {
      readonly kind: "rank";
      readonly bands: Readonly<Record<string, readonly [from: number, to: number]>>;
      /** Share of the parents whose every lane is tried once, for the table of applicability. */
      readonly probeShare: number;
      readonly known: KnownRows;
    })
  /** Write the records of the candidates up to each lane's last. */
  | (Corpus & {
      readonly kind: "record";
      /** Of those that something is taken from. */
      readonly lanes: Readonly<Record<string, { readonly last: number }>>;
      /** The mutators that have a part in it. */
      readonly ratio: Readonly<Record<string, number>>;
      readonly known: KnownRows;
    });

/** What earlier passes have found of a slice's rows. */
export type KnownRows = {
  /** Rows, by index in the slice, whose plan an earlier row has, ids and all: a parent counts once. Ascending. */
  readonly repeats?: Uint32Array | undefined;
  /** Lanes known not to apply, by row: see createDeadLanes. */
  readonly dead?: Uint32Array | undefined;
};

/** What is known of all parents together. */
export type Corpus = {
  /** The pools as JSON, and what names them: the same digest, the same pools. */
  readonly pools: { readonly digest: string; readonly bytes: Uint8Array };
  /** Keys of all benign plans with their requests, ascending: see toPositiveKey. */
  readonly positives: BigUint64Array;
};

/** What a worker tells of a slice beside its records. */
export type Mutated = {
  /** See schema/mutation-counts.ts. */
  readonly counts: Counts;
  readonly pools?: Pools;
  readonly positives?: BigUint64Array;
  /** Of a census: each row that is a sample, by index in the slice, and IDENTITY_BYTES of its plan's hash. */
  readonly parents?: { readonly rows: Uint32Array; readonly identities: Uint8Array };
  /** Of the candidates that passed, in the order of the parents: see encodePlace. */
  readonly places?: Uint8Array;
  /** Lanes that do not apply, as far as is known now. */
  readonly dead?: Uint32Array;
  /** What plug-ins have thrown, one message for each lane. */
  readonly faults: readonly string[];
};

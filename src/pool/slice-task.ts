import type { Columns, Draft } from "#contract";
import type { SlicePayload } from "../formats/row-file.ts";
import type { QuarantineLine } from "../schema/quarantine.ts";
import type { Distributions, Tally } from "../schema/tally.ts";
import type { KeptPayload } from "./kept-rows.ts";
import type { Mutated, MutateOrder } from "./mutate-order.ts";

/** Where a worker finds a loader: the name it goes by and the modules to import. */
export type LoaderReference = {
  readonly track: string;
  readonly name: string;
  /** file: URLs. */
  readonly loaderUrl: string;
  readonly trackUrl: string;
};

/** Where the rows of a slice come from. */
export type SlicePlace = {
  readonly dataset: string;
  readonly revision: string;
  readonly config: string;
  readonly split: string;
  readonly file: string;
  /** What `original_id` begins with; the row's index follows. */
  readonly idPrefix: string;
};

/** A file whose rows complete those of the slice's file: its bytes, shared between threads. */
export type JoinedFile = {
  /** Names the file at its commit: the same key, the same bytes. */
  readonly key: string;
  readonly path: string;
  readonly bytes: Uint8Array;
};

/**
 * Bytes of lines that one piece of a slice may come to before the next is begun. An ordinary slice makes some megabytes; rows
 * that share a text in parquet's dictionary can make terabytes of a kilobyte, and a thread holds them several times over.
 */
export const OUTPUT_BYTES_MAX = 128 * 2 ** 20;

/** One slice for one worker. Plain data. */
export type SliceTask = {
  readonly loader: LoaderReference;
  readonly place: SlicePlace;
  readonly payload: SlicePayload | KeptPayload;
  readonly joined: JoinedFile | undefined;
  /** Rows at the head of the slice that an earlier round has dealt with. */
  readonly skip: number;
  /** Rows to deal with after those, at most. */
  readonly rowsMax: number;
  /** Deal with these rows alone, by index in the file; the others are passed over and counted nowhere. */
  readonly only?: readonly number[];
  /** Stop after the row that brings the samples to this number; its samples beyond are dropped as `over_target`. */
  readonly samplesMax: number | null;
  /**
   * Stop after the row that brings samples and quarantine to this many bytes: the result has fewer `rows` than were asked for,
   * and the rest is to be worked from there. No bound unless said; none where `llm` has answers, whose rows are few.
   */
  readonly outputBytesMax?: number | undefined;
  /** `digests`: the rows' SHA-256 only, to check provenance against the source. `questions`: what a model is to be asked. `failures`: the rows as they are, into quarantine for `failure`. */
  readonly output: "samples" | "digests" | "questions" | "failures";
  readonly failure?: { readonly stage: QuarantineLine["stage"]; readonly reason: string; readonly message: string };
  /** A model's part, in a run that has one. With `answers` they go into the samples. */
  readonly llm?: { readonly confidenceMin: number; readonly answers?: readonly ModelAnswer[] };
  /** The rows are samples to be mutated; `output` counts for nothing then. */
  readonly mutate?: MutateOrder;
  /** Read these instead of the loader's columns, for digests of rows that were read with others. */
  readonly columns?: Columns;
  /** Tell each sample's identity, so that repeats can be left out. */
  readonly identify: boolean;
  /** Decode with the reader that names what is wrong, after the fast one has failed. */
  readonly careful: boolean;
};

/**
 * A draft that a model is to be asked about: the `place`th of its row, by the row's index in the file. `position` is how many
 * rows of the task come before it.
 */
export type ModelQuestion = {
  readonly position: number;
  readonly row: number;
  readonly place: number;
  readonly draft: Draft;
};

/** What came of a question: a reply that fits its schema, or why the rules must do. */
export type ModelAnswer = { readonly row: number; readonly place: number } & (
  | { readonly kind: "reply"; readonly value: unknown }
  | { readonly kind: "rules"; readonly reason: string }
);

/** What a thread answers. `corrupt`: the slice could not be decoded at all; `bug`: our own code threw. */
export type SliceOutcome =
  | SliceResult
  | { readonly kind: "corrupt"; readonly reason: string; readonly message: string }
  | { readonly kind: "bug"; readonly stack: string }
  | { readonly kind: "warm" };

/** What the main thread must know of each sample to leave out repeats without reading its line. */
export type SampleFacts = {
  /** Where each sample's line ends in `samples`, its line end included. */
  readonly lineEnds: Uint32Array;
  /** Number of nodes. */
  readonly nodes: Uint8Array;
  /** IDENTITY_BYTES per sample if the task asked for them, else empty. */
  readonly identities: Uint8Array;
  /** CONVERSATION_BYTES per sample, the hash of its conversation's key, if the loader has one, else empty. */
  readonly conversations: Uint8Array;
};

export const CONVERSATION_BYTES = 8;

/** What became of a slice. Plain data. */
export type SliceResult = {
  readonly kind: "done";
  /** Rows dealt with after `skip`. */
  readonly rows: number;
  readonly tally: Tally;
  readonly distributions: Distributions;
  /** JSON Lines: the samples, and the rows that failed. */
  readonly samples: Uint8Array;
  readonly quarantine: Uint8Array;
  readonly quarantineLines: number;
  readonly sampleFacts: SampleFacts;
  /** By reason: what was wrong with the first row that failed for it. */
  readonly examples: Readonly<Record<string, string>>;
  /** For `digests`: 32 bytes per row, and each row's index in the file. */
  readonly digests?: { readonly rowIndexes: Uint32Array; readonly sha256: Uint8Array };
  /** For `questions`: in row order. */
  readonly questions?: readonly ModelQuestion[];
  /** For `mutate`. */
  readonly mutated?: Mutated;
};

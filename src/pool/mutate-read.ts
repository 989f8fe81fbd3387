import { type JsonValue, RowError } from "#contract";
import type { Rows } from "../formats/row-file.ts";
import type { Sample } from "../schema/sample.ts";
import { createDistributions, createTally } from "../schema/tally.ts";
import type { Mutated } from "./mutate-order.ts";
import { createFacts } from "./sample-facts.ts";
import type { SliceResult, SliceTask } from "./slice-task.ts";

/** Rows of a slice, to be dealt with in order. */
export type MutateSlice = {
  readonly task: SliceTask;
  readonly rows: Rows;
  /** Indexes in the slice, from (with) and to (without). */
  readonly start: number;
  readonly end: number;
};

/**
 * The samples of a slice with their index in it; a line that can't be read as one is handed to `onFault`. Those that `omit`
 * is true of are not even read.
 */
export function* readSamples(
  { rows, start, end }: MutateSlice,
  onFault: (error: RowError, i: number) => void,
  omit: (i: number) => boolean = () => false,
) {
  for (let i = start; i < end; i++) {
    if (omit(i)) continue;
    let sample: Sample;
    try {
      sample = toSample(rows.read(i));
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      onFault(error, i);
      continue;
    }
    yield { sample, i };
  }
}

/** A result that holds no records. */
export function toCountsResult({ start, end }: MutateSlice, mutated: Mutated): SliceResult {
  const none = new Uint8Array(0);
  return {
    kind: "done",
    rows: end - start,
    tally: createTally(),
    distributions: createDistributions(),
    samples: none,
    quarantine: new Uint8Array(0),
    quarantineLines: 0,
    sampleFacts: createFacts().take(),
    examples: {},
    mutated,
  };
}

/**
 * The parts were checked against the input's manifest, so a line is what Tier I wrote; what is looked at here only keeps a
 * folder that was made by hand from being taken for one.
 */
function toSample(value: JsonValue): Sample {
  const sample = value as unknown as Partial<Sample> | null;
  if (Array.isArray(sample?.execution_plan?.nodes) && sample.metadata?.source !== undefined) return sample as Sample;
  throw new RowError(
    "row",
    "not_a_sample",
    "the line holds no plan with its source; make the input with planstream tier1",
  );
}

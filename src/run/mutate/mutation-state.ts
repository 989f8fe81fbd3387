import type { JournalEvent, OutputMark, Position } from "../../schema/journal.ts";
import { addCounts, type Counts, createCounts } from "../../schema/tally.ts";

type EventOf<Name extends JournalEvent["event"]> = Extract<JournalEvent, { event: Name }>;
export type MutationEvent = EventOf<"input" | "census" | "pass" | "ranked" | "cut">;

/** Places in a lane: from (with) and to (without). */
export type Band = readonly [from: number, to: number];

/** The part of a run's journal that tells of mutations, summed up. */
export type MutationState = {
  input: EventOf<"input"> | undefined;
  census: EventOf<"census"> | undefined;
  /** The pass that is under way or was the last, and where it stands in each loader that it has begun. */
  bands: Readonly<Record<string, Band>> | undefined;
  positions: Map<string, Position>;
  /** How far each lane was tried. */
  triedTo: Map<string, number>;
  /** What the passes counted: see pool/mutate-counts.ts. */
  tried: Counts;
  /** The places of the candidates that passed. */
  ranks: OutputMark | undefined;
  cut: EventOf<"cut"> | undefined;
  /** What the records hold. */
  made: Counts;
};

export function createMutationState(): MutationState {
  return {
    input: undefined,
    census: undefined,
    bands: undefined,
    positions: new Map(),
    triedTo: new Map(),
    tried: createCounts(),
    ranks: undefined,
    cut: undefined,
    made: createCounts(),
  };
}

/** Moves the state on by one event. */
export function applyMutationEvent(state: MutationState, event: MutationEvent): void {
  switch (event.event) {
    case "input":
      state.input = event;
      break;
    case "census":
      state.census = event;
      break;
    case "pass":
      // The one before it is through: the next begins only then.
      for (const [lane, [, to]] of Object.entries(state.bands ?? {})) state.triedTo.set(lane, to);
      state.bands = event.bands;
      state.positions = new Map();
      break;
    case "ranked":
      state.positions.set(event.loader, event.next);
      addCounts(state.tried, event.counts);
      state.ranks = event.ranks;
      break;
    case "cut":
      state.cut = event;
      break;
  }
}

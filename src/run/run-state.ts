import type { HeldSample, JournalEvent, LoaderEnd, OutputMark, Position, SourceFile } from "../schema/journal.ts";
import type { ModelUse } from "../schema/model-use.ts";
import type { RunSettings } from "../schema/settings.ts";
import {
  addCounts,
  addDistributions,
  addTally,
  type Counts,
  createCounts,
  createDistributions,
  createTally,
  type Distributions,
  type Tally,
} from "../schema/tally.ts";
import { addModelUse } from "./model-desk.ts";
import { applyMutationEvent, createMutationState, type MutationState } from "./mutate/mutation-state.ts";
import { applyReplay, type Replay } from "./replay/apply-replay.ts";
import { type Released, takeBack, toReleased } from "./take-back.ts";

/** What a loader is pinned to in this run folder. */
export type Pin = {
  readonly dataset: string;
  readonly fallback_for?: string | undefined;
  readonly revision: string;
  readonly code_sha256: string;
  /** Dotted paths of what is read of a row; undefined in folders of before replays. */
  readonly columns?: readonly string[] | undefined;
  readonly files: readonly SourceFile[];
};

/** How far a loader has come. */
export type LoaderState = {
  pin: Pin | undefined;
  ended: Readonly<LoaderEnd> | undefined;
  next: Position;
  tally: Tally;
  distributions: Distributions;
  /** What was wrong with the first row quarantined for each reason. */
  examples: Map<string, string>;
  /** Kept back until the next sample shows whether it is of the same conversation. */
  held: HeldSample | undefined;
  /** Let go of by the last slice, for a retry to take back. */
  released: Released | undefined;
  /** Samples left out as repeats, by the loader that had them first. */
  duplicates: Counts;
  /** Rows read, by file index. */
  rowsByFile: number[];
  /** Files that could not be opened. */
  filesUnreadable: number;
  /** The outputs as the journal knows them, by path; parts in order. */
  outputs: Map<string, OutputMark>;
  /** The models' replies in its samples. */
  model: ModelUse | undefined;
  /** What was made of quarantined rows after the loader had ended, in order. */
  replays: Replay[];
};

/** A run folder's journal, summed up. Everything that a start, a resume or a manifest needs to know. */
export type RunState = {
  settings: RunSettings | undefined;
  loaders: Map<string, LoaderState>;
  /** What is known of a run that makes mutated plans. */
  mutation: MutationState;
  /** Of the last round of --target: how many samples each loader may have made by its end. */
  quotas: Readonly<Record<string, number>> | undefined;
  /** True if nothing came after the last publication. */
  finished: boolean;
  /** True if replays, and nothing else, came after the last publication: all is made, and is yet to be published. */
  replaying: boolean;
};

export const UNREADABLE_FILE = "unreadable_file";

export function toRunState(events: Iterable<JournalEvent>): RunState {
  const state: RunState = {
    settings: undefined,
    loaders: new Map(),
    mutation: createMutationState(),
    quotas: undefined,
    finished: false,
    replaying: false,
  };
  for (const event of events) applyEvent(state, event);
  return state;
}

/** Moves the state on by one event. The only way in which a state changes. */
export function applyEvent(state: RunState, event: JournalEvent): void {
  state.replaying = event.event === "replay" && (state.finished || state.replaying);
  state.finished = event.event === "finished";
  switch (event.event) {
    case "start":
      state.settings = event.settings;
      break;
    case "pin": {
      const { event: _, loader, ...pin } = event;
      state.loaders.set(loader, createLoaderState(pin));
      break;
    }
    case "round":
      state.quotas = event.quotas;
      break;
    case "slice":
      applySlice(loaderOf(state, event.loader), event);
      if (event.mutations) addCounts(state.mutation.made, event.mutations);
      break;
    case "input":
    case "census":
    case "pass":
    case "ranked":
    case "cut":
      applyMutationEvent(state.mutation, event);
      break;
    case "loader": {
      const { event: _, loader, ...ended } = event;
      loaderOf(state, loader).ended = ended;
      break;
    }
    case "retry": {
      const loader = loaderOf(state, event.loader);
      loader.ended = undefined;
      if (loader.released) takeBack(loader, loader.released);
      loader.released = undefined;
      break;
    }
    case "replay":
      applyReplay(loaderOf(state, event.loader), event);
      break;
    case "finished":
      break;
  }
}

/** The outputs of all loaders, in loader order. */
export function listOutputs(state: RunState): OutputMark[] {
  return [...state.loaders.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, loader]) => [...loader.outputs.values()]);
}

function applySlice(loader: LoaderState, event: Extract<JournalEvent, { event: "slice" }>): void {
  loader.released = toReleased(loader, event);
  addTally(loader.tally, event.tally);
  addDistributions(loader.distributions, event.distributions);
  loader.next = event.next;
  loader.held = event.held;
  loader.model = addModelUse(loader.model, event.model);
  if (event.duplicates) addCounts(loader.duplicates, event.duplicates);
  loader.rowsByFile[event.file] = (loader.rowsByFile[event.file] ?? 0) + event.tally.rows_read;
  loader.filesUnreadable += event.tally.quarantined[UNREADABLE_FILE] ?? 0;
  for (const [reason, message] of Object.entries(event.examples)) loader.examples.set(reason, message);
  for (const mark of [event.part, event.quarantine]) if (mark) loader.outputs.set(mark.path, mark);
}

/** A loader that could not be pinned has a state too: it ended before it began. */
function loaderOf(state: RunState, id: string): LoaderState {
  const known = state.loaders.get(id);
  if (known) return known;
  const created = createLoaderState(undefined);
  state.loaders.set(id, created);
  return created;
}

function createLoaderState(pin: Pin | undefined): LoaderState {
  return {
    pin,
    ended: undefined,
    next: { file: 0, cursor: { slice: 0, offset: 0, row: 0 }, skip: 0 },
    tally: createTally(),
    distributions: createDistributions(),
    examples: new Map(),
    held: undefined,
    released: undefined,
    duplicates: createCounts(),
    rowsByFile: [],
    filesUnreadable: 0,
    outputs: new Map(),
    model: undefined,
    replays: [],
  };
}

import type { Corpus, MutateOrder } from "../../pool/mutate-order.ts";
import { PLACE_BYTES } from "../../pool/mutate-place.ts";
import type { JournalEvent } from "../../schema/journal.ts";
import type { MutationSettings } from "../../schema/settings.ts";
import { addCounts, createCounts } from "../../schema/tally.ts";
import { RANKS_FOLDER } from "../../sink/folder-layout.ts";
import { toEmptyMark } from "../../sink/output-file.ts";
import type { RunFolder } from "../../sink/run-folder.ts";
import type { Reporter } from "../reporter.ts";
import { drawCut } from "./draw-cut.ts";
import { listLaneNames } from "./lane-names.ts";
import type { MutationState } from "./mutation-state.ts";
import { type ParentsRead, type ReadParentsOptions, readParents, type SliceItem, toSliceName } from "./read-parents.ts";
import { decideNext } from "./shares.ts";
import type { TakenCensus } from "./take-census.ts";
import { toYields } from "./to-yields.ts";

/** Where the places of candidates that passed are kept until the draw. */
const RANKS_PATH = `${RANKS_FOLDER}/places.bin`;
/** Slices whose counts go into the journal together: work that is lost by a kill, against lines of the journal. */
const SLICES_PER_EVENT = 8;
const NO_BYTES = new Uint8Array(0);
/** Parents whose every lane is tried for the table of applicability, about. */
const PROBED_PARENTS = 20_000;

export type RankOptions = ReadParentsOptions & {
  readonly settings: MutationSettings;
  readonly mutation: MutationState;
  readonly folder: RunFolder;
  readonly order: Omit<MutateOrder, "work">;
  readonly corpus: Corpus;
  readonly parents: number;
  readonly repeats: TakenCensus["repeats"];
  readonly reporter: Reporter;
  /** Moves the state on and journals. */
  readonly tell: (events: readonly JournalEvent[]) => Promise<void>;
};

/** What passes of this start have found not to apply, by slice: see createDeadLanes. */
export type DeadLanes = ReadonlyMap<string, Uint32Array>;

/**
 * Tries candidates, pass by pass, until it is known how many each lane gives, and draws. Goes on where an earlier start was
 * cut off. The places stand on disk, so memory does not grow with what is tried.
 */
export async function rankParents(options: RankOptions): Promise<DeadLanes> {
  const { settings, mutation, folder, parents, reporter, tell } = options;
  const dead = new Map<string, Uint32Array>();
  if (mutation.cut) return dead;
  if (mutation.bands) await runPass(options, dead);
  for (;;) {
    const next = decideNext(settings, toYields(settings, mutation), parents);
    if (next.kind === "draw") {
      const mark = mutation.ranks ?? toEmptyMark(RANKS_PATH);
      const lanes = listLaneNames(mutation.input?.mutators ?? []);
      await tell([{ event: "cut", lanes: await drawCut(folder.locate(mark), mark, lanes, next.taken) }]);
      return dead;
    }
    reporter.note(toPassText(next.bands));
    await tell([
      { event: "pass", bands: Object.fromEntries(Object.entries(next.bands).map(([lane, [a, b]]) => [lane, [a, b]])) },
    ]);
    await runPass(options, dead);
  }
}

async function runPass(options: RankOptions, dead: Map<string, Uint32Array>): Promise<void> {
  const { mutation, folder, order, corpus, parents, tell } = options;
  const bands = mutation.bands ?? {};
  const isFirst = Object.values(bands).every(([from]) => from === 0);
  const probeShare = isFirst ? PROBED_PARENTS / parents : 0;
  const work = { kind: "rank" as const, ...corpus, bands, probeShare };
  const toKnown = (name: string) => ({ repeats: options.repeats.get(name), dead: dead.get(name) });
  const file = await folder.open(mutation.ranks ?? toEmptyMark(RANKS_PATH));
  const said = new Set<string>();
  const waiting: ParentsRead[] = [];
  const write = async () => {
    const last = waiting.at(-1);
    if (!last) return;
    const counts = createCounts();
    for (const { result } of waiting) addCounts(counts, result.mutated?.counts ?? {});
    const places = Buffer.concat(waiting.map(({ result }) => result.mutated?.places ?? NO_BYTES));
    waiting.length = 0;
    await file.append(places, places.length / PLACE_BYTES);
    await file.sync();
    await tell([{ event: "ranked", loader: last.loader, next: last.next, counts, ranks: file.mark }]);
  };
  try {
    const orderOf = (item: SliceItem) => ({ ...order, work: { ...work, known: toKnown(toSliceName(item)) } });
    const read = readParents(options, orderOf, (loader) => mutation.positions.get(loader));
    for await (const one of read) {
      if (waiting.length >= SLICES_PER_EVENT || (waiting[0] && waiting[0].loader !== one.loader)) await write();
      waiting.push(one);
      const { dead: found, faults } = one.result.mutated ?? {};
      if (found) dead.set(one.slice, found);
      for (const fault of faults ?? []) sayOnce(options.reporter, said, fault);
    }
    await write();
  } finally {
    await file.close();
  }
}

function sayOnce(reporter: Reporter, said: Set<string>, fault: string): void {
  const lane = fault.slice(0, fault.indexOf(":"));
  if (said.has(lane)) return;
  said.add(lane);
  reporter.note(`a mutator threw, and gives nothing there: ${fault}`);
}

function toPassText(bands: Readonly<Record<string, readonly [number, number]>>): string {
  const ends = Object.values(bands);
  const [from, to] = [Math.min(...ends.map(([first]) => first)), Math.max(...ends.map(([, last]) => last))];
  const operators = ends.length === 1 ? "1 operator" : `${ends.length} operators`;
  return `trying candidates of ${operators}, variants ${Math.floor(from) + 1} to ${Math.ceil(to)}`;
}

/** The file that the draw needs no more. */
export function discardRanks(folder: RunFolder): Promise<void> {
  return folder.discard(RANKS_PATH);
}

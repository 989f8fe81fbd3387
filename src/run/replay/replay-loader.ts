import type { Hub } from "../../hub/hub.ts";
import type { SlicePool } from "../../pool/slice-pool.ts";
import type { SliceResult } from "../../pool/slice-task.ts";
import type { JournalEvent, OutputMark, SourceFile } from "../../schema/journal.ts";
import type { Settings } from "../../schema/settings.ts";
import type { RunFolder } from "../../sink/run-folder.ts";
import { toColumnPaths } from "../manifest.ts";
import { mapOrdered } from "../ordered-map.ts";
import type { PreparedLoader } from "../prepare-loaders.ts";
import { readJoined } from "../read-joined.ts";
import { applyEvent, type LoaderState, listOutputs, type Pin, type RunState } from "../run-state.ts";
import { type Deduper, winnow } from "../winnow.ts";
import { listQuarantinePaths } from "./apply-replay.ts";
import { judgeAgain } from "./judge-again.ts";
import { listUnits } from "./list-units.ts";
import { listQuarantinedLines, type QuarantinedLine } from "./quarantined-lines.ts";
import { createReplayAccount, cutToRoom } from "./replay-account.ts";
import { createReplayOutput, type ReplayOutput } from "./replay-output.ts";
import { assertPinned, createSourceSlices, listCursors } from "./source-slices.ts";
import { type Worked, workUnit } from "./work-unit.ts";

export type ReplayLoaderOptions = {
  readonly folder: RunFolder;
  readonly state: RunState & { readonly settings: Settings };
  readonly hub: Hub;
  readonly pool: SlicePool;
  /** Who leaves out repeats of what a loader, or all of them, have. */
  readonly createDeduper: (id: string) => Promise<Deduper | undefined>;
  readonly reasons: ReadonlySet<string> | undefined;
  readonly offline: boolean;
  readonly signal: AbortSignal;
};

type ReplayEvent = Extract<JournalEvent, { event: "replay" }>;
type Own = LoaderState & { readonly pin: Pin };
type Account = ReturnType<typeof createReplayAccount>;

/** Units under way beyond one per worker, so that no worker stands still. */
const UNITS_AHEAD = 2;

/**
 * Works a loader's quarantined rows again and journals what became of them, all at once: cut off before that, it has not
 * happened. Undefined if every row failed again as before: then nothing is changed. Throws SourceError if rows that must be
 * read again can't be.
 */
export async function replayLoader(
  options: ReplayLoaderOptions,
  found: PreparedLoader,
): Promise<ReplayEvent | undefined> {
  const { folder, state } = options;
  const event = await writeAll(options, found);
  if (!event) return undefined;
  // Nothing is taken back if this fails: the journal may hold the event all the same, and the next start sees whether it does.
  await folder.append([event]);
  applyEvent(state, event);
  return event;
}

/** Works all rows and writes what they give; the event tells of it. Undefined if nothing is changed. */
async function writeAll(options: ReplayLoaderOptions, found: PreparedLoader): Promise<ReplayEvent | undefined> {
  const { folder, state } = options;
  const own = state.loaders.get(found.id) as Own;
  const generation = own.replays.length + 1;
  const output = createReplayOutput(folder, found.id, generation, own.outputs);
  try {
    const account = await workAll(options, found, own, output);
    account.assertWhole();
    await output.sync();
    const { parts, quarantine } = output;
    await output.close();
    if (isUnchanged(own, parts, quarantine)) {
      if (quarantine) await folder.discard(quarantine.path);
      return undefined;
    }
    return toEvent(found, own, generation, account, { parts, quarantine }, state.settings);
  } catch (error) {
    await output.close();
    await undo(options, output);
    throw error;
  }
}

/** Takes back what was written beyond the journal. In a finished folder all of it is a copy. */
async function undo({ folder, state, signal }: ReplayLoaderOptions, { touched }: ReplayOutput): Promise<void> {
  if (state.finished) for (const path of touched) await folder.discard(path);
  else if (!signal.aborted) await folder.recover(listOutputs(state));
}

async function workAll(
  options: ReplayLoaderOptions,
  found: PreparedLoader,
  own: Own,
  output: ReplayOutput,
): Promise<Account> {
  const { folder, state, hub, pool, reasons, offline, signal } = options;
  const { id, columns } = found;
  const { pin } = own;
  const account = createReplayAccount(id);
  const deduper = await options.createDeduper(id);
  const source = createSourceSlices({
    hub,
    pin,
    columns,
    field: found.loader.field,
    cursors: listCursors(folder.events, id),
  });
  const units = listUnits(listLines(folder, own), {
    found,
    pin,
    hasOtherColumns: hasOtherColumns(found, own),
    reasons,
    offline,
    identify: deduper !== undefined,
    source,
    readJoined: createJoinedReader(hub, pin),
  });
  const roomBefore = toRoom(found, own, state);
  try {
    for await (const worked of mapOrdered(units, pool.workers + UNITS_AHEAD, (unit) =>
      workUnit(id, unit, pool, signal),
    )) {
      signal.throwIfAborted();
      await settleUnit(worked, account, output, deduper, roomBefore);
    }
  } finally {
    await source.close();
  }
  return account;
}

async function settleUnit(
  { unit, taken, results }: Worked,
  account: Account,
  output: ReplayOutput,
  deduper: Deduper | undefined,
  roomBefore: number,
): Promise<void> {
  if (unit.kind === "left") {
    const bytes = unit.lines.flatMap((quarantined) => [quarantined.bytes, LINE_END]);
    await output.addQuarantine(Buffer.concat(bytes), unit.lines.length);
    for (const { line } of unit.lines) account.addExample(line.reason, line.message);
    return;
  }
  account.addTaken(taken);
  for (const result of results) {
    const winnowed = winnow(withoutConversations(result), undefined, deduper, { atEnd: true });
    const cut = cutToRoom(winnowed, roomBefore - account.tally.samples);
    account.addResult(result, cut);
    await output.addSamples(cut.samples, cut.sampleLines);
    await output.addQuarantine(result.quarantine, result.quarantineLines);
  }
}

const LINE_END = Buffer.from("\n");

/** The neighbours that a row's conversation was to be measured against are written: a replayed sample stands for itself. */
function withoutConversations(result: SliceResult): SliceResult {
  return { ...result, sampleFacts: { ...result.sampleFacts, conversations: new Uint8Array(0) } };
}

async function* listLines(folder: RunFolder, own: Own): AsyncGenerator<QuarantinedLine> {
  for (const path of listQuarantinePaths(own.outputs)) {
    const mark = own.outputs.get(path) as OutputMark;
    yield* listQuarantinedLines(folder.locate(mark), mark.lines);
  }
}

/** Rows may have been kept with the columns of any replay so far, if they were not chosen by later ones. */
function hasOtherColumns({ columns }: PreparedLoader, { pin, replays }: Own): boolean {
  const now = toColumnPaths(columns).join("\n");
  const were = [pin.columns, ...replays.map((replay) => replay.columns)];
  return were.some((paths) => paths?.join("\n") !== now);
}

/** How many more samples the loader may have, by its own limit and by --target. */
export function toRoom({ loader }: PreparedLoader, own: LoaderState, { loaders, settings }: RunState): number {
  const samples = [...loaders.values()].reduce((sum, { tally }) => sum + tally.samples, 0);
  const ofTarget = settings?.target ? settings.target - samples : Number.MAX_SAFE_INTEGER;
  const ofLoader = (loader.samplesMax ?? Number.MAX_SAFE_INTEGER) - own.tally.samples;
  return Math.max(0, Math.min(ofTarget, ofLoader));
}

/** Reads a file's joined file when it is first asked for. */
function createJoinedReader(hub: Hub, pin: Pin) {
  let kept: { readonly file: number; readonly joined: ReturnType<typeof readJoined> } | undefined;
  return (file: number): ReturnType<typeof readJoined> => {
    if (kept?.file !== file) {
      const source = pin.files[file];
      kept = { file, joined: source?.joined ? readPinned(hub, pin, source) : Promise.resolve(undefined) };
    }
    return kept.joined;
  };
}

async function readPinned(hub: Hub, pin: Pin, source: SourceFile): ReturnType<typeof readJoined> {
  if (source.joined) await assertPinned(hub, pin, source.joined);
  return readJoined(hub, pin, source);
}

function isUnchanged(own: Own, parts: readonly OutputMark[], quarantine: OutputMark | undefined): boolean {
  const [only, ...others] = listQuarantinePaths(own.outputs);
  const before = own.outputs.get(only ?? "");
  return parts.length === 0 && others.length === 0 && before?.sha256 === quarantine?.sha256;
}

function toEvent(
  { id, codeSha256, columns }: PreparedLoader,
  own: Own,
  generation: number,
  { taken, tally, distributions, duplicates, examples }: Account,
  { parts, quarantine }: Pick<ReplayOutput, "parts" | "quarantine">,
  settings: Settings,
): ReplayEvent {
  const event: ReplayEvent = {
    event: "replay",
    loader: id,
    generation,
    code_sha256: codeSha256,
    columns: toColumnPaths(columns),
    taken,
    tally,
    distributions,
    examples: Object.fromEntries(examples),
    ...(Object.keys(duplicates).length > 0 && { duplicates }),
    parts: [...parts],
    ...(quarantine && { quarantine }),
    ended: own.ended ?? { status: "ok", retry: false },
  };
  return { ...event, ended: judgeAgain(own, event, settings) };
}

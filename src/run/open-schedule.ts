import { type ByteSource, SourceError } from "#contract";
import { openFile } from "../formats/open-file.ts";
import type { Hub } from "../hub/hub.ts";
import type { SourceFile } from "../schema/journal.ts";
import type { Settings } from "../schema/settings.ts";
import { mapOrdered } from "./ordered-map.ts";
import { type PinnedSource, pinSource } from "./pin-source.ts";
import { type PreparedLoader, prepareLoaders } from "./prepare-loaders.ts";
import { toFailedEnd } from "./read-loader.ts";
import {
  isReadable,
  type OpenedLoader,
  type Schedule,
  type ScheduledFile,
  type ScheduleEntry,
  toSchedule,
} from "./schedule.ts";

export type ScheduleOptions = {
  /** The project's folder: `loaders/` and `tracks/` lie in it. */
  readonly root: string;
  readonly hub: Hub;
  readonly settings: Settings;
};

/** Loaders that are opened at a time, and files of each: footers and heads are small, so waiting is what takes time. */
const LOADERS_IN_FLIGHT = 4;
const FILES_IN_FLIGHT = 4;

/**
 * What `tier1` would read with the same settings: pins each dataset and opens its files, but reads no row. A source that
 * can't be reached is a row of the schedule. Throws DefinitionError.
 */
export async function openSchedule({ root, hub, settings }: ScheduleOptions): Promise<Schedule> {
  const { running, idle } = await prepareLoaders(root, settings);
  const entries: ScheduleEntry[] = [...idle];
  const opening = mapOrdered(toAsync(running), LOADERS_IN_FLIGHT, (loader) => openLoader(hub, loader, settings));
  for await (const entry of opening) entries.push(entry);
  // By now the hub has told its quotas, if it does.
  return toSchedule(entries, settings.limit, hub.toQuotas?.());
}

async function openLoader(hub: Hub, prepared: PreparedLoader, settings: Settings): Promise<ScheduleEntry> {
  const { id, loader } = prepared;
  try {
    const source = await pinSource(hub, loader, settings.revisions[id]);
    return await openFiles(hub, prepared, source, settings.limit ?? Number.POSITIVE_INFINITY);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { status, reason } = toFailedEnd(error);
    return { id, dataset: loader.dataset, status: status === "gated" ? "gated" : "failed", reason };
  }
}

/** Opens files in reading order until they are known to hold `rowsMax` rows. */
async function openFiles(
  hub: Hub,
  { id, loader, columns }: PreparedLoader,
  { dataset, revision, files: listed }: PinnedSource,
  rowsMax: number,
): Promise<OpenedLoader> {
  const files: ScheduledFile[] = [];
  let rowsKnown = 0;
  const opening = mapOrdered(toAsync(listed), FILES_IN_FLIGHT, (file) =>
    openOne(hub.open(dataset, revision, file), file, { columns, field: loader.field }),
  );
  for await (const file of opening) {
    files.push(file);
    if (isReadable(file)) rowsKnown += file.rows ?? 0;
    if (rowsKnown >= rowsMax) break;
  }
  return {
    id,
    dataset,
    revision,
    entries: await countEntries(hub, dataset, revision),
    samplesMax: loader.samplesMax,
    files,
    filesBeyondLimit: listed.length - files.length,
  };
}

async function openOne(
  source: ByteSource,
  file: SourceFile,
  options: Parameters<typeof openFile>[1],
): Promise<ScheduledFile> {
  let openReads = 0;
  const counted: ByteSource = {
    path: source.path,
    size: source.size,
    read(start, end) {
      openReads++;
      return source.read(start, end);
    },
  };
  try {
    const { format, slices, bytes, rows } = await openFile(counted, options);
    return { ...file, format, slices, bytes, rows, openReads };
  } catch (error) {
    if (!(error instanceof SourceError) || error.failure !== "malformed") throw error;
    return { ...file, problem: error.message, openReads };
  }
}

/** The listing is remembered by now: nothing is asked, and a directory hashes no file that is not kept. */
async function countEntries(hub: Hub, dataset: string, revision: string): Promise<number> {
  const entries = new Set<string>();
  await hub.list(dataset, revision, (path) => {
    const segments = path.split("/");
    for (let depth = 1; depth <= segments.length; depth++) entries.add(segments.slice(0, depth).join("/"));
    return false;
  });
  return entries.size;
}

async function* toAsync<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

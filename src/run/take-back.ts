import type { HeldSample, JournalEvent, OutputMark } from "../schema/journal.ts";
import { addCounts, addDistributions, addTally } from "../schema/tally.ts";
import type { RunFolder } from "../sink/run-folder.ts";
import type { LoaderState, RunState } from "./run-state.ts";

type SliceEvent = Extract<JournalEvent, { event: "slice" }>;

/** What a loader held back when its source failed. It was let go of, so that the account of what is published adds up. */
export type Released = {
  readonly event: SliceEvent;
  readonly held: HeldSample;
  /** What its part amounted to before; undefined if it begins the part. */
  readonly part: OutputMark | undefined;
};

/** What a retry will take back, if the event is the last before it; `loader` is as it was before the event. */
export function toReleased({ held, outputs }: LoaderState, event: SliceEvent): Released | undefined {
  if (!event.released || !held) return undefined;
  return { event, held, part: event.part && outputs.get(event.part.path) };
}

/** Holds the sample back again, as an undisturbed run does at this row: the next one may go on its conversation. */
export function takeBack(loader: LoaderState, { event, held, part }: Released): void {
  addTally(loader.tally, event.tally, -1);
  addDistributions(loader.distributions, event.distributions, -1);
  if (event.duplicates) addCounts(loader.duplicates, event.duplicates, -1);
  if (part) loader.outputs.set(part.path, part);
  else if (event.part) loader.outputs.delete(event.part.path);
  loader.held = held;
}

/**
 * Journals by `tell` that loaders are tried again, with the parts that this cuts back. They are copied to where parts grow
 * while the journal still knows them whole, and cut once it tells of the retry: a kill in between leaves a copy to cut.
 */
export async function retryAll(
  folder: RunFolder,
  state: RunState,
  ids: readonly string[],
  tell: () => Promise<void>,
): Promise<void> {
  const cut = ids.flatMap((id) => {
    const path = state.loaders.get(id)?.released?.event.part?.path;
    return path === undefined ? [] : [{ id, path }];
  });
  const open = async () => {
    for (const { id, path } of cut) {
      const mark = state.loaders.get(id)?.outputs.get(path);
      if (mark) await (await folder.open(mark)).close();
    }
  };
  await open();
  await tell();
  await open();
}

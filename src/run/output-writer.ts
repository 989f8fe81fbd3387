import type { JournalEvent, OutputMark } from "../schema/journal.ts";
import { type OutputFile, toEmptyMark } from "../sink/output-file.ts";
import type { RunFolder } from "../sink/run-folder.ts";

/** Bytes after which a loader's part is closed and its next one begins, at the end of a slice. */
export const PART_BYTES_MAX = 256 * 2 ** 20;

/** Events that may wait for one flush. More would be lost work after a crash, and bytes not yet on disk. */
const PENDING_MAX = 16;

type SliceEvent = Extract<JournalEvent, { event: "slice" }>;

/**
 * Writes what slices gave: bytes first, flushed, and only then the journal's word for it. Appends go on while earlier ones
 * are flushed, so one flush serves all slices that came in the meantime.
 */
export type OutputWriter = {
  /** Appends a slice's lines and returns the event with the marks they reached. `outputs` are the loader's marks so far. */
  write(event: SliceEvent, lines: SliceLines, outputs: ReadonlyMap<string, OutputMark>): Promise<SliceEvent>;
  /** Journals an event after all that came before it. */
  record(event: JournalEvent): Promise<void>;
  /** Returns when everything so far is on disk and in the journal. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

export type SliceLines = {
  readonly samples: Uint8Array;
  readonly sampleLines: number;
  readonly quarantine: Uint8Array;
  readonly quarantineLines: number;
};

export function createOutputWriter(folder: RunFolder): OutputWriter {
  const open = new Map<string, OutputFile>();
  let pending: JournalEvent[] = [];
  let flushing: Promise<void> | undefined;
  /** After a failed write nothing more may be journaled: the run is over, and what the journal tells of is safe. */
  let failure: { error: unknown } | undefined;

  async function fileFor(mark: OutputMark): Promise<OutputFile> {
    const known = open.get(mark.path);
    if (known) return known;
    const file = await folder.open(mark);
    open.set(mark.path, file);
    return file;
  }

  async function appendTo(mark: OutputMark, bytes: Uint8Array, lines: number): Promise<OutputMark> {
    const file = await fileFor(mark);
    await file.append(bytes, lines);
    return file.mark;
  }

  async function flushPending(): Promise<void> {
    try {
      while (pending.length > 0) {
        const events = pending;
        pending = [];
        for (const file of open.values()) await file.sync();
        await folder.append(events);
      }
    } catch (error) {
      failure = { error };
    } finally {
      flushing = undefined;
    }
  }

  async function flush(): Promise<void> {
    while (!failure && (flushing || pending.length > 0)) {
      flushing ??= flushPending();
      await flushing;
    }
    if (failure) throw failure.error;
  }

  async function record(event: JournalEvent): Promise<void> {
    pending.push(event);
    if (pending.length >= PENDING_MAX) await flush();
    else if (!failure) flushing ??= flushPending();
    if (failure) throw failure.error;
  }

  return {
    async write(event, lines, outputs) {
      const marked: SliceEvent = { ...event };
      if (lines.sampleLines > 0) {
        marked.part = await appendTo(toPartMark(event.loader, outputs), lines.samples, lines.sampleLines);
      }
      if (lines.quarantineLines > 0) {
        const path = `quarantine/${toFileName(event.loader)}.jsonl`;
        const mark = outputs.get(path) ?? toEmptyMark(path);
        marked.quarantine = await appendTo(mark, lines.quarantine, lines.quarantineLines);
      }
      return marked;
    },
    record,
    flush,
    async close() {
      await flushing;
      for (const file of open.values()) await file.close();
      open.clear();
    },
  };
}

/** The part that a loader's next samples go to. */
export function toPartMark(loader: string, outputs: ReadonlyMap<string, OutputMark>): OutputMark {
  const parts = [...outputs.values()].filter((mark) => mark.path.startsWith("parts/"));
  const last = parts.at(-1);
  if (last && last.bytes < PART_BYTES_MAX) return last;
  return toEmptyMark(`parts/${toFileName(loader)}-${String(parts.length).padStart(5, "0")}.jsonl`);
}

/** What a loader's outputs are named by. */
export function toFileName(loader: string): string {
  return loader.replace("/", "-");
}

import type { OutputMark } from "../../schema/journal.ts";
import { type OutputFile, toEmptyMark } from "../../sink/output-file.ts";
import type { RunFolder } from "../../sink/run-folder.ts";
import { toFileName, toPartMark } from "../output-writer.ts";

/**
 * Where a loader's replay writes: samples behind those that are there, and what is left in quarantine into a file of its
 * own. Until the journal tells of it, all of it is as if it were not there.
 */
export type ReplayOutput = {
  addSamples(bytes: Uint8Array, lines: number): Promise<void>;
  addQuarantine(bytes: Uint8Array, lines: number): Promise<void>;
  /** The marks that were reached. */
  readonly parts: readonly OutputMark[];
  readonly quarantine: OutputMark | undefined;
  /** The paths that were written to. */
  readonly touched: readonly string[];
  /** Returns when everything is on disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
};

export function createReplayOutput(
  folder: RunFolder,
  loader: string,
  generation: number,
  outputs: ReadonlyMap<string, OutputMark>,
): ReplayOutput {
  const open = new Map<string, OutputFile>();
  const touched = new Set<string>();
  const marks = new Map(outputs);
  const quarantinePath = `quarantine/${toFileName(loader)}.replay-${generation}.jsonl`;

  async function appendTo(mark: OutputMark, bytes: Uint8Array, lines: number): Promise<void> {
    touched.add(mark.path);
    const file = open.get(mark.path) ?? (await folder.open(mark));
    open.set(mark.path, file);
    await file.append(bytes, lines);
    marks.set(mark.path, file.mark);
  }

  return {
    async addSamples(bytes, lines) {
      if (lines > 0) await appendTo(toPartMark(loader, marks), bytes, lines);
    },
    async addQuarantine(bytes, lines) {
      if (lines > 0) await appendTo(marks.get(quarantinePath) ?? toEmptyMark(quarantinePath), bytes, lines);
    },
    get touched() {
      return [...touched];
    },
    get parts() {
      return [...open.values()].map(({ mark }) => mark).filter(({ path }) => path !== quarantinePath);
    },
    get quarantine() {
      return open.get(quarantinePath)?.mark;
    },
    async sync() {
      for (const file of open.values()) await file.sync();
    },
    async close() {
      for (const file of open.values()) await file.close();
      open.clear();
    },
  };
}

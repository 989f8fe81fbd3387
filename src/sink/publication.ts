import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DamageError } from "#contract";
import { diskStep } from "../contract/disk-step.ts";
import type { JournalEvent, OutputMark } from "../schema/journal.ts";
import { parseOwnJson } from "../schema/json-text.ts";
import { type Manifest, manifestSchema } from "../schema/manifest.ts";
import { makeFolder, syncDirectory, writeDurably } from "./durable.ts";
import { isOutputPath, listOutputs, MANIFEST, OUTPUT_FOLDERS, POOLS, toGrowing } from "./folder-layout.ts";
import { assertOutput, gone } from "./output-file.ts";

/** What is written beside the outputs when a run is published. */
export type RunTexts = {
  readonly card: string;
  readonly report: string;
  readonly run: string;
  readonly manifest: string;
  /** What mutations drew from; a tier without mutations has none. */
  readonly pools?: string | undefined;
};

/** Moves outputs to their final names and writes the texts, the manifest last. Can be cut anywhere and done again. */
export async function publishOutputs(directory: string, marks: readonly OutputMark[], texts: RunTexts): Promise<void> {
  await withdrawManifest(directory);
  await moveOutputs(directory, marks);
  // They grow below .run: a kill leaves nothing half-done among the files that others read.
  const write = (name: string, text: string) =>
    writeDurably(join(directory, name), text, toGrowing(directory, `${name}.tmp`));
  await write("README.md", texts.card);
  await write("report.html", texts.report);
  await write("run.json", texts.run);
  if (texts.pools !== undefined) await write(POOLS, texts.pools);
  await write(MANIFEST, texts.manifest);
}

/** A reader must not take the old manifest for the new parts, not even after a power cut: hence the sync before them. */
async function withdrawManifest(directory: string): Promise<void> {
  const path = join(directory, MANIFEST);
  if (!existsSync(path)) return;
  await diskStep("publish.withdraw", path, () => rm(path));
  await syncDirectory(directory);
}

async function moveOutputs(directory: string, marks: readonly OutputMark[]): Promise<void> {
  for (const name of OUTPUT_FOLDERS) {
    if (marks.some((mark) => mark.path.startsWith(`${name}/`))) await makeFolder(join(directory, name));
  }
  for (const { path } of marks) {
    const from = toGrowing(directory, path);
    const to = join(directory, path);
    if (existsSync(from)) await diskStep("publish.rename", to, () => rename(from, to));
  }
  await removeGrowing(directory);
  const kept = new Set(marks.map((mark) => mark.path));
  for (const path of await listOutputs(directory)) {
    if (kept.has(path) || !isOutputPath(path)) continue;
    await diskStep("publish.remove", join(directory, path), () => rm(join(directory, path)));
  }
  for (const name of OUTPUT_FOLDERS) {
    if (existsSync(join(directory, name))) await syncDirectory(join(directory, name));
  }
  await syncDirectory(directory);
}

/**
 * Removes what has stayed of outputs where they grow, once all that is marked stands published: of a run whose loaders were
 * begun anew after a kill, or of a replay that was killed.
 */
export async function removeGrowing(directory: string): Promise<void> {
  for (const path of await listOutputs(join(directory, ".run"))) {
    const file = toGrowing(directory, path);
    await diskStep("publish.remove", file, () => rm(file));
  }
}

/**
 * Reads the manifest of a finished folder. Throws DamageError unless it is the one that was published and every output
 * holds, byte for byte, what the journal tells of. Touches nothing.
 */
export async function readPublished(
  directory: string,
  marks: readonly OutputMark[],
  events: readonly JournalEvent[],
): Promise<Manifest> {
  for (const mark of marks) {
    const path = join(directory, mark.path);
    if (!existsSync(path)) throw gone(path, mark);
    await assertOutput(path, mark, { whole: true });
  }
  const path = join(directory, MANIFEST);
  const bytes = await readFile(path);
  const finished = events.findLast(({ event }) => event === "finished");
  if (finished?.event !== "finished" || hash("sha256", bytes, "hex") !== finished.manifest_sha256) {
    throw new DamageError(`${path} is not the manifest that the journal tells of (sha256 differs). ${WHAT_TO_DO}`);
  }
  const parsed = manifestSchema.safeParse(parseOwnJson(bytes.toString("utf8")));
  if (parsed.success) return parsed.data;
  throw new DamageError(`${path} was written by an incompatible version of planstream. ${WHAT_TO_DO}`);
}

/**
 * Throws DamageError where the manifest and the journal can't both be what a run left, however it was cut off: a journal
 * that ends with a publication needs its manifest, and a manifest needs a journal in which every loader had ended.
 */
export function assertTogether(directory: string, events: readonly JournalEvent[]): void {
  const path = join(directory, MANIFEST);
  if (!existsSync(path)) {
    if (events.at(-1)?.event !== "finished") return;
    throw new DamageError(`${path} is gone, but the journal says that the run was published. ${WHAT_TO_DO}`);
  }
  if (events.some(({ event }) => event === "finished")) return;
  const going = new Set<string>();
  for (const event of events) {
    if (event.event === "pin" || event.event === "retry") going.add(event.loader);
    if (event.event === "loader") going.delete(event.loader);
  }
  if (events.length > 0 && going.size === 0) return;
  throw new DamageError(
    `${join(directory, ".run", "journal.jsonl")} ${events.length > 0 ? "has lost lines" : "is gone or empty"}, but ${path} stands. ${WHAT_TO_DO}`,
  );
}

const WHAT_TO_DO = "Nothing was touched. Restore the folder from a copy, or start over with --fresh.";

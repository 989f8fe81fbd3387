import type { Settings } from "../schema/settings.ts";
import { importLoader, listLoaderFiles, listTracks } from "./discover.ts";
import { prepareLoaders } from "./prepare-loaders.ts";
import { selectLoaders } from "./select-loaders.ts";

/** A track that --exclude-track leaves out, and that a model would have been asked about. */
export type LeftOut = {
  readonly track: string;
  /** Rows that its loaders declare, as far as the run would have read them. */
  readonly rows: number;
  /** Loaders that declare none: how many rows they have nobody knows without reading them. */
  readonly unknown: readonly string[];
};

/**
 * The excluded tracks that have a question to a model, in the order of their names. Reads no dataset: the rows are those
 * that the loaders declare. Throws DefinitionError.
 */
export async function listLeftOut(root: string, settings: Settings): Promise<LeftOut[]> {
  if (settings.exclude_tracks.length === 0) return [];
  const files = await listLoaderFiles(root);
  const all = selectLoaders(files, await listTracks(root), { ...settings, exclude_tracks: [] });
  const share = settings.target === null ? Number.POSITIVE_INFINITY : Math.ceil(settings.target / all.length);
  const rowsMax = Math.min(settings.limit ?? Number.POSITIVE_INFINITY, share);
  const tracks = new Map<string, { track: string; rows: number; unknown: string[] }>();
  for (const file of all.filter(({ track }) => settings.exclude_tracks.includes(track))) {
    const { loader, trackDefinition } = await importLoader(file);
    const isOff = loader.disabled !== undefined && !settings.loaders.includes(file.id);
    if (isOff || trackDefinition.llm === undefined) continue;
    const sum = tracks.get(file.track) ?? { track: file.track, rows: 0, unknown: [] };
    tracks.set(file.track, sum);
    if (loader.rowsKnown === undefined) sum.unknown.push(file.id);
    else sum.rows += Math.min(loader.rowsKnown, rowsMax);
  }
  return [...tracks.values()];
}

/** Whether any loader that would run has a question to a model. Throws DefinitionError. */
export async function hasQuestions(root: string, settings: Settings): Promise<boolean> {
  const { running } = await prepareLoaders(root, settings);
  return running.some(({ trackDefinition }) => trackDefinition.llm !== undefined);
}

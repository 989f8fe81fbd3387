import { toColumns } from "#contract";
import type { Settings } from "../schema/settings.ts";
import { toCodeSha256 } from "./code-digest.ts";
import { type FoundLoader, importLoader, listLoaderFiles, listTracks } from "./discover.ts";
import type { Idle } from "./manifest.ts";
import type { RunningLoader } from "./pipeline.ts";
import type { RunState } from "./run-state.ts";
import { selectLoaders } from "./select-loaders.ts";

/** The loaders of a run: those that run, ready to, and those that don't, with the reason. */
export type PreparedLoaders = {
  readonly running: readonly PreparedLoader[];
  readonly idle: readonly Idle[];
  /** Those of the idle ones that are disabled. A folder may hold samples of them, from before they were. */
  readonly disabled: readonly PreparedLoader[];
};
export type PreparedLoader = FoundLoader & RunningLoader & { readonly codeSha256: string };

/**
 * Finds, selects and imports loaders below `root`. A disabled one runs only when named by --loader.
 * Throws DefinitionError.
 */
export async function prepareLoaders(root: string, settings: Settings): Promise<PreparedLoaders> {
  const files = await listLoaderFiles(root);
  const selected = new Set(selectLoaders(files, await listTracks(root), settings).map(({ id }) => id));
  const running: PreparedLoader[] = [];
  const idle: Idle[] = [];
  const disabled: PreparedLoader[] = [];
  for (const file of files) {
    if (!selected.has(file.id)) {
      idle.push({ id: file.id, status: "excluded" });
      continue;
    }
    const found = await importLoader(file);
    const codeSha256 = await toCodeSha256(root, [file.path, file.trackPath]);
    const prepared = { ...found, columns: toColumns(found.loader.row), codeSha256 };
    if (found.loader.disabled !== undefined && !settings.loaders.includes(file.id)) {
      idle.push({ id: file.id, status: "disabled", reason: found.loader.disabled });
      disabled.push(prepared);
    } else running.push(prepared);
  }
  return { running, idle, disabled };
}

/** What is published of loaders in a folder: of those that are disabled now, too, if it holds what they have made. */
export function toPublishedLoaders(
  { running, idle, disabled }: PreparedLoaders,
  { loaders }: RunState,
): { readonly ran: readonly PreparedLoader[]; readonly idle: readonly Idle[] } {
  return {
    ran: [...running, ...disabled].filter(({ id }) => loaders.has(id)),
    idle: idle.filter(({ id }) => !loaders.has(id)),
  };
}

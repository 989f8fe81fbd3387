import { toColumns } from "#contract";
import type { Settings } from "../schema/settings.ts";
import { toCodeSha256 } from "./code-digest.ts";
import { type FoundLoader, importLoader, listLoaderFiles, listTracks } from "./discover.ts";
import type { Idle } from "./manifest.ts";
import type { RunningLoader } from "./pipeline.ts";
import { selectLoaders } from "./select-loaders.ts";

/** The loaders of a run: those that run, ready to, and those that don't, with the reason. */
export type PreparedLoaders = { readonly running: readonly PreparedLoader[]; readonly idle: readonly Idle[] };
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
  for (const file of files) {
    if (!selected.has(file.id)) {
      idle.push({ id: file.id, status: "excluded" });
      continue;
    }
    const found = await importLoader(file);
    if (found.loader.disabled !== undefined && !settings.loaders.includes(file.id)) {
      idle.push({ id: file.id, status: "disabled", reason: found.loader.disabled });
      continue;
    }
    const codeSha256 = await toCodeSha256(root, [file.path, file.trackPath]);
    running.push({ ...found, columns: toColumns(found.loader.row), codeSha256 });
  }
  return { running, idle };
}

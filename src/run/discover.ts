import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DefinitionError, type Loader, type Track } from "#contract";
import { parseLoader, parseTrack } from "./parse-plugin.ts";

/** A plug-in's place: what discovery knows before it imports anything. */
export type LoaderFile = {
  /** `<track>/<name>`, as on the command line. */
  readonly id: string;
  readonly track: string;
  readonly name: string;
  readonly path: string;
  readonly trackPath: string;
};

/** A loader that was imported and found to be one. */
export type FoundLoader = LoaderFile & {
  readonly loader: Loader;
  readonly trackDefinition: Track;
};

/**
 * All loaders below `root/loaders`, sorted by id. A folder is a track, a file a loader, a leading underscore means "not a
 * loader". Throws DefinitionError for a track without its file in `root/tracks`.
 */
export async function listLoaderFiles(root: string): Promise<LoaderFile[]> {
  const found: LoaderFile[] = [];
  for (const track of await listNames(join(root, "loaders"), "directory")) {
    assertTrackName(track);
    const trackPath = join(root, "tracks", `${track}.ts`);
    for (const file of await listNames(join(root, "loaders", track), "file")) {
      const name = toLoaderName(track, file);
      found.push({ id: `${track}/${name}`, track, name, path: join(root, "loaders", track, file), trackPath });
    }
    if (found.some((loader) => loader.track === track) && !existsSync(trackPath)) {
      throw new DefinitionError(
        `loaders/${track}/ is a track without a definition. Write tracks/${track}.ts with a title, a cost and stages, as in tracks/${await exampleTrack(root)}.`,
      );
    }
  }
  return found;
}

/** The names of all tracks that are defined below `root/tracks`, sorted. */
export async function listTracks(root: string): Promise<string[]> {
  const files = await listNames(join(root, "tracks"), "file");
  return files.map((file) => file.replace(/\.ts$/, ""));
}

/** Imports a loader and its track. Throws DefinitionError that says what to mend. */
export async function importLoader(file: LoaderFile): Promise<FoundLoader> {
  const loader = parseLoader(await importDefault(file.path), `loaders/${file.id}.ts`);
  const trackDefinition = parseTrack(await importDefault(file.trackPath), `tracks/${file.track}.ts`);
  return { ...file, loader, trackDefinition };
}

/** The default export of a plug-in. Throws DefinitionError if the file can't be imported. */
export async function importDefault(path: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(path).href)) as { default?: unknown }).default;
  } catch (error) {
    throw new DefinitionError(`${path} can't be imported: ${error}. Mend the file; \`make check\` shows its types.`, {
      cause: error,
    });
  }
}

const LOADER_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

function toLoaderName(track: string, file: string): string {
  const name = file.replace(/\.ts$/, "");
  if (file.endsWith(".ts") && LOADER_NAME.test(name)) return name;
  throw new DefinitionError(
    `loaders/${track}/${file} is not a loader. A loader is <name>.ts with a name of a-z, 0-9 and "-"; a file that only helps loaders begins with an underscore.`,
  );
}

/** Files of a run folder are named <track>-<loader>: with a "-" in a track, two loaders could share one name. */
function assertTrackName(track: string): void {
  if (/^[a-z0-9]+$/.test(track)) return;
  throw new DefinitionError(
    `loaders/${track}/ can't be a track: its name may have a-z and 0-9 only. Rename the folder.`,
  );
}

/** Names in a folder, sorted, without those that begin with an underscore or a dot. */
export async function listNames(directory: string, kind: "directory" | "file"): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => !/^[_.]/.test(entry.name) && (kind === "directory") === entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function exampleTrack(root: string): Promise<string> {
  return (await listNames(join(root, "tracks"), "file"))[0] ?? "<track>.ts";
}

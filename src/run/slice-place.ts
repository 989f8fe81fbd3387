import { pathToFileURL } from "node:url";
import type { JoinedFile, LoaderReference, SlicePlace, SliceTask } from "../pool/slice-task.ts";
import type { SourceFile } from "../schema/journal.ts";
import type { LoaderFile } from "./discover.ts";
import type { Pin } from "./run-state.ts";

/** The task for rows of one file, as many as there are after the first `skip`. */
export function toSliceTask(
  loader: LoaderFile,
  pin: Pin,
  file: number,
  payload: SliceTask["payload"],
  joined: JoinedFile | undefined,
  skip: number,
  rows: number,
): SliceTask {
  return {
    loader: toReference(loader),
    place: toSlicePlace(loader, pin, file),
    payload,
    joined,
    skip,
    rowsMax: rows,
    samplesMax: null,
    output: "samples",
    identify: false,
    careful: false,
  };
}

export function toReference({ track, name, path, trackPath }: LoaderFile): LoaderReference {
  return { track, name, loaderUrl: pathToFileURL(path).href, trackUrl: pathToFileURL(trackPath).href };
}

/** Where a file's rows come from, and what their sample ids begin with. */
export function toSlicePlace({ name }: LoaderFile, pin: Pin, file: number): SlicePlace {
  const { path, config, split } = pin.files[file] as SourceFile;
  const { dataset, revision } = pin;
  return { dataset, revision, config, split, file: path, idPrefix: toIdPrefix(name, pin.files, file) };
}

/**
 * `<loader>:<config>/<split>:<row>` names a row where the split is one file. Where it is several, rows count per file, so
 * the file's place in the split stands before the row: `<loader>:<config>/<split>:<file>/<row>`.
 */
function toIdPrefix(name: string, files: readonly SourceFile[], file: number): string {
  const { config, split } = files[file] as SourceFile;
  const siblings = files.filter((other) => other.config === config && other.split === split);
  const place = siblings.length > 1 ? `${siblings.indexOf(files[file] as SourceFile)}/` : "";
  return `${name}:${config}/${split}:${place}`;
}

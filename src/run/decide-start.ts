import { DefinitionError, type Loader } from "#contract";
import type { RunSettings } from "../schema/settings.ts";
import type { Pin, RunState } from "./run-state.ts";

/** A loader as it is now: its code, and where its dataset stands if that was asked. */
export type LoaderNow = {
  readonly id: string;
  readonly codeSha256: string;
  /** Dotted paths of what it reads of a row. */
  readonly columns: readonly string[];
  readonly revision: string | undefined;
};

/** A loader that doesn't run, and why. What it has made in a folder stays. */
export type DisabledLoader = { readonly id: string; readonly loader: Pick<Loader, "disabled"> };

/** What a start has to do with each loader, and what it only tells. */
export type StartDecision = {
  /** Begin at the first row: new here, or made anew by --update. */
  readonly begin: readonly string[];
  /** Go on where a failure of the source stopped it. */
  readonly retry: readonly string[];
  /** Tried again like those, but with other code than before: begin at the first row of the same commit. */
  readonly anew: readonly string[];
  /** Its dataset has moved to another commit; left as it is. */
  readonly moved: readonly { readonly id: string; readonly from: string; readonly to: string }[];
  /** Its code has changed since its samples were made; left as they are. */
  readonly changed: readonly string[];
  /** Those of the changed whose quarantine the present code has replayed. */
  readonly replayed: readonly string[];
};

/**
 * Compares a run folder with the present. `published`: all in the folder is made; otherwise a run was cut off in it, and goes
 * on with the commits and the code it began with. Throws DefinitionError where that can't be.
 */
export function decideStart(
  state: RunState,
  loaders: readonly LoaderNow[],
  { published, update, disabled }: { published: boolean; update: boolean; disabled: readonly DisabledLoader[] },
): StartDecision {
  assertNoneGone(state, [...loaders, ...disabled]);
  if (!published) assertEnded(state, disabled);
  const begin: string[] = [];
  const retry: string[] = [];
  const anew: string[] = [];
  const moved: { id: string; from: string; to: string }[] = [];
  const changed: string[] = [];
  const replayed: string[] = [];
  for (const { id, codeSha256, columns, revision } of loaders) {
    const own = state.loaders.get(id);
    if (!own || (!own.pin && published)) {
      begin.push(id);
      continue;
    }
    if (!own.pin) continue;
    const hasMoved = revision !== undefined && revision !== own.pin.revision;
    const hasChanged = codeSha256 !== own.pin.code_sha256;
    // What has ended stays as it is, whatever its code is now.
    if (hasChanged && !published && !update && !own.ended) throw changedMidway(id);
    const isTriedAgain = published && own.ended?.retry === true;
    if (hasMoved && !update) moved.push({ id, from: own.pin.revision, to: revision });
    if ((hasMoved || hasChanged) && update) begin.push(id);
    // Samples of two versions of the code must not stand under the digest of one, nor rows under the columns of others.
    else if (isTriedAgain) (hasChanged || hasOtherColumns(own.pin, columns) ? anew : retry).push(id);
    else if (hasChanged) changed.push(id);
    if (changed.includes(id) && own.replays.at(-1)?.code_sha256 === codeSha256) replayed.push(id);
  }
  return { begin, retry, anew, moved, changed, replayed };
}

/** Throws DefinitionError that names each setting in which a folder's run and this start differ. */
export function assertSameSettings(folder: string, was: RunSettings, is: RunSettings): void {
  const [before, now]: [Record<string, unknown>, Record<string, unknown>] = [was, is];
  const differences = Object.keys({ ...before, ...now })
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]))
    .map((key) => `${key} was ${JSON.stringify(before[key])}, now ${JSON.stringify(now[key])}`);
  if (differences.length === 0) return;
  throw new DefinitionError(
    `${folder} holds a run with other settings: ${differences.join("; ")}. Use the same settings to go on with it, --fresh to start over, or another --output.`,
  );
}

/** A run that was cut off can't go on with a loader that may not run. */
function assertEnded(state: RunState, disabled: readonly DisabledLoader[]): void {
  for (const { id, loader } of disabled) {
    const own = state.loaders.get(id);
    if (!own || own.ended) continue;
    throw new DefinitionError(
      `${id} is disabled now (${loader.disabled}), but the run in this folder has begun it and was cut off. Take \`disabled\` out of its file until the run is done, use --fresh to start over without it, or another --output.`,
    );
  }
}

function assertNoneGone(state: RunState, loaders: readonly { readonly id: string }[]): void {
  const here = new Set(loaders.map(({ id }) => id));
  const gone = [...state.loaders.keys()].filter((id) => !here.has(id));
  if (gone.length === 0) return;
  throw new DefinitionError(
    `this folder holds samples of ${gone.join(", ")}, which is no longer among the loaders. Put the file back, use --fresh to start over, or another --output.`,
  );
}

/** Folders of before replays don't say which they were. */
function hasOtherColumns({ columns }: Pin, now: LoaderNow["columns"]): boolean {
  return columns !== undefined && columns.join() !== now.join();
}

function changedMidway(id: string): DefinitionError {
  return new DefinitionError(
    `the code of ${id} has changed since the run in this folder began. --update makes that loader's samples anew, --fresh starts over.`,
  );
}

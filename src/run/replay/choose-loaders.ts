import { DefinitionError } from "#contract";
import { sumCounts } from "../../schema/tally.ts";
import type { PreparedLoader, PreparedLoaders } from "../prepare-loaders.ts";
import type { RunState } from "../run-state.ts";

/**
 * The loaders whose quarantine is replayed: those named, else all that have rows in it and are not disabled. Throws
 * DefinitionError for a name or a reason that nothing has, for a disabled loader, and where the folder's loaders are gone.
 */
export function chooseLoaders(
  state: RunState,
  { running, disabled }: PreparedLoaders,
  {
    loaders,
    reasons,
    note,
  }: {
    readonly loaders: readonly string[];
    readonly reasons: readonly string[];
    readonly note: (message: string) => void;
  },
): PreparedLoader[] {
  assertNoneGone(state, [...running, ...disabled]);
  const quarantined = new Map(
    [...state.loaders].flatMap(([id, { tally }]) =>
      sumCounts(tally.quarantined) > 0 ? [[id, tally.quarantined] as const] : [],
    ),
  );
  assertKnown("--loader", loaders, [...state.loaders.keys()]);
  for (const { id, loader } of disabled) {
    if (loaders.includes(id)) throw isDisabled(id, loader);
    if (quarantined.has(id) && loaders.length === 0)
      note(`[${id}] is disabled now (${loader.disabled}): its quarantine is left as it is`);
  }
  const known = new Set([...quarantined.values()].flatMap((counts) => Object.keys(counts)));
  assertKnown("--reason", reasons, [...known]);
  return running.filter(({ id }) => quarantined.has(id) && (loaders.length === 0 || loaders.includes(id)));
}

/** Throws DefinitionError for a name that is not among the known ones, and says which there are. */
export function assertKnown(option: string, names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const there = known.length > 0 ? `There are: ${[...known].sort().join(", ")}.` : "Nothing is in quarantine.";
    throw new DefinitionError(`${option} ${name}: this folder has none of that name. ${there}`);
  }
}

function isDisabled(id: string, { disabled }: PreparedLoader["loader"]): DefinitionError {
  return new DefinitionError(
    `--loader ${id}: it is disabled now (${disabled}). Take \`disabled\` out of its file to work its rows again.`,
  );
}

function assertNoneGone(state: RunState, running: readonly PreparedLoader[]): void {
  const here = new Set(running.map(({ id }) => id));
  const gone = [...state.loaders.keys()].filter((id) => !here.has(id));
  if (gone.length === 0) return;
  throw new DefinitionError(
    `this folder holds samples of ${gone.join(", ")}, which is no longer among the loaders. Put the file back: without it the folder can't be published anew.`,
  );
}

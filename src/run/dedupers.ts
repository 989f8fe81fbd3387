import { diskStep } from "../contract/disk-step.ts";
import type { OutputMark } from "../schema/journal.ts";
import { parseOwnJson } from "../schema/json-text.ts";
import { toPlanIdentity } from "../schema/plan-identity.ts";
import type { Sample } from "../schema/sample.ts";
import type { Settings } from "../schema/settings.ts";
import { createIdentitySet, type IdentitySet } from "./identity-set.ts";
import { listLineBatches } from "./read-lines.ts";
import type { RunState } from "./run-state.ts";
import type { Deduper } from "./winnow.ts";

/**
 * Who leaves out repeats, by loader: nobody for `none`, each loader its own for `exact`, one for all for `global`. What is
 * already in the folder is read back, so a resumed run decides as an undisturbed one does, and what is kept stays first.
 */
export async function createDedupers(
  mode: Settings["dedupe"],
  state: RunState,
  locate: (mark: OutputMark) => string,
): Promise<(id: string) => Deduper | undefined> {
  if (mode === "none") return () => undefined;
  const ids = [...state.loaders.keys()].sort();
  const sets = new Map<string, IdentitySet>();
  const all = createIdentitySet();
  for (const [owner, id] of ids.entries()) {
    const own = state.loaders.get(id);
    const set = mode === "global" ? all : createIdentitySet();
    sets.set(id, set);
    // The repeats within a loader that has ended were left out already.
    if (!own || (mode === "exact" && own.ended)) continue;
    for (const mark of own.outputs.values()) {
      if (!mark.path.startsWith("parts/")) continue;
      const path = locate(mark);
      await diskStep("dedupe.read", path, () => remember(path, set, owner));
    }
  }
  return (id) => {
    const set = sets.get(id) as IdentitySet;
    const owner = ids.indexOf(id);
    return {
      firstOwner(identities, place) {
        const first = set.add(identities, place, owner);
        return first === undefined ? undefined : (ids[first] as string);
      },
    };
  };
}

async function remember(path: string, set: IdentitySet, owner: number): Promise<void> {
  for await (const lines of listLineBatches(path)) {
    for (const { bytes } of lines) {
      const sample = parseOwnJson(bytes.toString("utf8")) as unknown as Sample;
      set.add(Buffer.from(toPlanIdentity(sample), "hex"), 0, owner);
    }
  }
}

import { hash } from "node:crypto";
import { LEXICON_DIGEST } from "../../energy/lexicon.ts";
import { CHECKS_VERSION } from "../../pool/mutate/verify-mutation.ts";
import type { JournalEvent } from "../../schema/journal.ts";
import type { MutationSettings } from "../../schema/settings.ts";
import type { RunState } from "../run-state.ts";
import type { FoundMutator } from "./list-mutators.ts";
import { INPUT_DATASET, type Input } from "./open-input.ts";

/** What a run is made with now: the journal tells what it began with. */
export type Present = { readonly mutators: readonly FoundMutator[]; readonly input: Input };

/** What begins a run, as far as the journal does not tell it yet. */
export function listBeginnings(
  state: RunState,
  settings: MutationSettings,
  { mutators, input }: Present,
): JournalEvent[] {
  const events: JournalEvent[] = [];
  if (!state.settings) events.push({ event: "start", format: 1, settings });
  if (!state.mutation.input) events.push(toInputEvent(mutators, input));
  for (const { id, files } of input.loaders) {
    if (state.loaders.get(id)?.pin) continue;
    const revision = input.facts.manifest_sha256;
    const code = hash("sha256", mutators.map(({ code_sha256 }) => code_sha256).join(), "hex");
    const pinned = { dataset: INPUT_DATASET, revision, code_sha256: code, columns: [""], files: [...files] };
    events.push({ event: "pin", loader: id, ...pinned });
  }
  return events;
}

function toInputEvent(mutators: readonly FoundMutator[], input: Input): Extract<JournalEvent, { event: "input" }> {
  // In the order of the schema, as it is read back: the manifest must be the same text after a restart.
  const facts = mutators.map(({ name, version, target, code_sha256, operators }) => {
    return { name, version, ...(target !== undefined && { target }), code_sha256, operators };
  });
  return { event: "input", input: input.facts, mutators: facts, lexicon: LEXICON_DIGEST, checks: CHECKS_VERSION };
}

/** In what the present differs from what a folder's run began with. */
export function listChanges({ mutation }: RunState, { mutators, input }: Present): string[] {
  const was = mutation.input;
  if (!was) return [];
  const is = toInputEvent(mutators, input);
  const changed: string[] = [];
  if (was.input.manifest_sha256 !== is.input.manifest_sha256) changed.push("the input");
  if (was.lexicon !== is.lexicon) changed.push("the energy's lexicon");
  if (was.checks !== is.checks) changed.push("the checks");
  const names = new Set([...was.mutators, ...is.mutators].map(({ name }) => name));
  for (const name of [...names].sort()) {
    const [before, now] = [was, is].map((event) => event.mutators.find((mutator) => mutator.name === name));
    if (JSON.stringify(before) !== JSON.stringify(now)) changed.push(name);
  }
  return changed;
}

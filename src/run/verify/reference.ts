import { existsSync } from "node:fs";
import { join } from "node:path";
import { DefinitionError } from "#contract";
import type { JournalEvent, OutputMark } from "../../schema/journal.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { assertFiles } from "../../sink/assert-files.ts";
import { type RunState, toRunState } from "../run-state.ts";
import { type Account, listDifferences, listMarksByPath, toJournalAccount, toManifestAccount } from "./account.ts";
import type { Findings } from "./findings.ts";
import { checkJournal, type JournalReading } from "./journal.ts";
import { checkManifest, type ManifestReading } from "./manifest.ts";

/** What the outputs of a run folder are checked against. */
export type Reference = {
  /** The manifest's account of the run; the journal's, if the manifest was changed. */
  readonly account: Account;
  readonly manifest: Manifest | undefined;
  /** The journal summed up, if it can be read. */
  readonly state: RunState | undefined;
  /** What each output amounted to after each append, by path. */
  readonly marks: ReadonlyMap<string, readonly OutputMark[]>;
};

const MANIFEST = "manifest.json";
const RERUN = "The command that made the folder, run again, goes on and finishes it.";

/**
 * Checks manifest and journal, each by itself and one against the other. Undefined if neither can be read.
 * Throws DefinitionError if the folder holds no run, or one that hasn't finished, and DamageError where something that can't
 * be read stands in the place of one of its files.
 */
export async function checkReference(
  directory: string,
  findings: Findings,
  notes: string[],
): Promise<Reference | undefined> {
  const hasManifest = existsSync(join(directory, MANIFEST));
  if (!hasManifest && !existsSync(join(directory, ".run", "journal.jsonl"))) {
    throw new DefinitionError(
      `${directory} is not a run folder: it has no manifest.json. Name a folder that \`planstream tier1 --output\` has made.`,
    );
  }
  await assertFiles(directory);
  const journal = existsSync(join(directory, ".run")) ? await checkJournal(directory, findings) : NO_JOURNAL;
  if (journal === NO_JOURNAL) notes.push(COPY);
  if (!hasManifest) reportNoManifest(directory, journal, findings);
  if (hasManifest) reportUnfinished(journal, findings, notes);
  const read = hasManifest ? await checkManifest(directory, journal.manifestSha256, findings) : NO_MANIFEST;
  return toReference(read, journal.events, findings);
}

/** What is handed on of a folder is often all but .run: no damage, if all is as the manifest says. */
const NO_JOURNAL: JournalReading = { events: undefined, manifestSha256: undefined, eventsAfter: 0 };
const COPY =
  ".run is not there, as in a copy: what only the journal tells was not checked, such as whether the manifest is the one that was published";
const NO_MANIFEST: ManifestReading = { manifest: undefined, isChanged: false };

function toReference(
  { manifest, isChanged }: ManifestReading,
  events: readonly JournalEvent[] | undefined,
  findings: Findings,
): Reference | undefined {
  const marks = listMarksByPath(events ?? []);
  const state = events && toRunState(events);
  const journaled = state && toPlainAccount(state, manifest);
  if (!manifest) return journaled && { account: journaled, manifest, state, marks };
  const account = toManifestAccount(manifest);
  const differences = journaled ? listDifferences(account, journaled, "the journal says") : [];
  for (const what of differences) findings.add({ file: MANIFEST, what });
  // The journal vouches for itself: what a changed manifest says must not put the blame on the parts.
  return { account: isChanged && journaled ? journaled : account, manifest, state, marks };
}

/** The journal's account as it would be read from a file. */
function toPlainAccount(state: RunState, manifest: Manifest | undefined): Account | undefined {
  const { settings } = state;
  if (!settings) return undefined;
  const idle = Object.entries(manifest?.loaders ?? {}).filter(
    ([id, { status }]) => (status === "excluded" || status === "disabled") && !state.loaders.has(id),
  );
  return JSON.parse(JSON.stringify(toJournalAccount({ ...state, settings }, Object.fromEntries(idle))));
}

function reportNoManifest(directory: string, { events, manifestSha256 }: JournalReading, findings: Findings): void {
  if (events && manifestSha256 === undefined) {
    throw new DefinitionError(`The run in ${directory} hasn't finished: it has no manifest.json. ${RERUN}`);
  }
  findings.add({ file: MANIFEST, what: "it is gone, but the run had finished" });
}

function reportUnfinished(
  { events, manifestSha256, eventsAfter }: JournalReading,
  findings: Findings,
  notes: string[],
): void {
  if (events && manifestSha256 === undefined) {
    const what = `it doesn't say that a run has finished, but manifest.json stands: its end is missing. ${RERUN}`;
    findings.add({ file: ".run/journal.jsonl", what });
  }
  if (eventsAfter > 0) {
    notes.push(
      `a later run has begun in this folder and hasn't finished; checked is what the last finished one left. ${RERUN}`,
    );
  }
}

import { hash } from "node:crypto";
import type { Manifest } from "../schema/manifest.ts";
import { toDatasetCard } from "../sink/dataset-card.ts";
import { type Examples, toReportPage } from "../sink/report-page.ts";
import type { RunFolder } from "../sink/run-folder.ts";
import { type Idle, type LoaderFacts, toManifest, toManifestText } from "./manifest.ts";
import { listOutputs, type RunState } from "./run-state.ts";

/**
 * Gives a run's files their final names, the manifest last, and journals that this is done. `pools` is the text of
 * pools.json, of a tier that has one.
 */
export async function publish(
  folder: RunFolder,
  state: RunState,
  loaders: { readonly ran: readonly LoaderFacts[]; readonly idle: readonly Idle[] },
  runText: string,
  pools?: string,
): Promise<Manifest> {
  const { settings } = state;
  if (!settings) throw new Error("a run without settings can't be published");
  const draft = toManifest({ ...state, settings }, loaders.ran, loaders.idle, { card: "", report: "" });
  const card = toDatasetCard(draft);
  const report = toReportPage(draft, toExamples(state));
  const manifest = toManifest({ ...state, settings }, loaders.ran, loaders.idle, { card, report });
  const text = toManifestText(manifest);
  await folder.publish(listOutputs(state), { card, report, run: runText, manifest: text, pools });
  await folder.append([{ event: "finished", manifest_sha256: hash("sha256", text, "hex") }]);
  return manifest;
}

/** What a report shows of the rows in quarantine: of each loader and reason, what was wrong with the first. */
export function toExamples({ loaders }: RunState): Examples {
  return new Map([...loaders].map(([id, { examples }]) => [id, examples]));
}

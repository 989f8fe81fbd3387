import { hash } from "node:crypto";
import type { Columns, Loader } from "#contract";
import type { OutputMark } from "../schema/journal.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { ModelUse } from "../schema/model-use.ts";
import { type RunSettings, toSettingsSha256 } from "../schema/settings.ts";
import { assertBalanced, createTally, sumCounts, type Tally, toSortedCounts } from "../schema/tally.ts";
import { addModelUse } from "./model-desk.ts";
import { toMutationsMember } from "./mutate/mutations-member.ts";
import { toReplayedMember } from "./replay/apply-replay.ts";
import { type LoaderState, listOutputs, type Pin, type RunState } from "./run-state.ts";
import { sumDistributions } from "./sum-distributions.ts";

/** What a manifest needs to know of a loader that ran. */
export type LoaderFacts = {
  readonly id: string;
  readonly loader: Pick<Loader, "license">;
  readonly columns: Columns;
  /** The dataset behind the samples that were read, in a tier that is made from another. */
  readonly origin?: { readonly dataset: string; readonly revision: string };
};

/** A loader that didn't run, and why. */
export type Idle = { readonly id: string; readonly status: "excluded" | "disabled"; readonly reason?: string };

type Settled = RunState & { readonly settings: RunSettings };

/** The texts beside the parts that a manifest vouches for. */
export type ManifestTexts = { readonly card: string; readonly report: string };

/** Puts the manifest together. Throws if the account of any loader is off. */
export function toManifest(
  state: Settled,
  ran: readonly LoaderFacts[],
  idle: readonly Idle[],
  { card, report }: ManifestTexts,
): Manifest {
  const entries = [...ran].sort((a, b) => (a.id < b.id ? -1 : 1));
  const outputs = listOutputs(state);
  return {
    schema: "planstream/manifest/1",
    tier: state.settings.tier,
    seed: state.settings.seed,
    settings: state.settings,
    settings_sha256: toSettingsSha256(state.settings),
    sources: entries.flatMap((facts) => toSource(facts, stateOf(state, facts.id))),
    totals: toTotals(entries.map(({ id }) => stateOf(state, id).tally)),
    loaders: toLoaders(state, entries, idle),
    distributions: sumDistributions(entries.map(({ id }) => ({ id, ...stateOf(state, id) }))),
    duplicates: toDuplicates(state, entries),
    parts: listMarks(outputs, "parts/").map(({ path, lines, bytes, sha256 }) => ({
      path,
      samples: lines,
      bytes,
      sha256,
    })),
    quarantine: listMarks(outputs, "quarantine/").map(({ path, lines, bytes, sha256 }) => ({
      path,
      lines,
      bytes,
      sha256,
    })),
    card: { path: "README.md", ...toSum(card) },
    report: { path: "report.html", ...toSum(report) },
    ...toMutationsMember(state),
    cost: toCost(entries.map(({ id }) => stateOf(state, id).model)),
  };
}

/** The manifest as it stands on disk. */
export function toManifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Dotted paths of what is read of a row, sorted; a list adds nothing to the path. */
export function toColumnPaths(columns: Columns, prefix = ""): string[] {
  if (columns === true) return [prefix];
  return [...columns]
    .flatMap(([name, { columns: inner }]) => toColumnPaths(inner, prefix ? `${prefix}.${name}` : name))
    .sort();
}

/** The columns that such paths name. A name with a dot in it can't be told from two. */
export function fromColumnPaths(paths: readonly string[]): Columns {
  if (paths.includes("")) return true;
  const inner = new Map<string, string[]>();
  for (const path of paths) {
    const [name = "", ...rest] = path.split(".");
    inner.set(name, [...(inner.get(name) ?? []), rest.join(".")]);
  }
  return new Map([...inner].map(([name, below]) => [name, { columns: fromColumnPaths(below), required: false }]));
}

function toSource({ id, loader, columns, origin }: LoaderFacts, { pin, rowsByFile }: LoaderState): Manifest["sources"] {
  if (!pin) return [];
  const { dataset, fallback_for, revision, code_sha256 } = pin;
  const files = pin.files.map(({ path, config, split, size, sha256, etag, joined }, index) => ({
    path,
    config,
    split,
    size,
    rows: rowsByFile[index] ?? 0,
    ...(sha256 && { sha256 }),
    ...(etag && { etag }),
    ...(joined && { joined }),
  }));
  return [
    {
      loader: id,
      dataset,
      ...(fallback_for && { fallback_for }),
      revision,
      ...(origin && { origin }),
      license: loader.license,
      code_sha256,
      columns: [...(pin.columns ?? toColumnPaths(columns))],
      files,
    },
  ];
}

function toTotals(tallies: readonly Tally[]): Manifest["totals"] {
  const totals = { rows_read: 0, added: 0, samples: 0, dropped: 0, quarantined: 0 };
  for (const tally of tallies) {
    totals.rows_read += tally.rows_read;
    totals.added += tally.added;
    totals.samples += tally.samples;
    totals.dropped += sumCounts(tally.dropped);
    totals.quarantined += sumCounts(tally.quarantined);
  }
  return totals;
}

function toLoaders(state: RunState, ran: readonly LoaderFacts[], idle: readonly Idle[]): Manifest["loaders"] {
  const entries = ran.map(({ id }): [string, Manifest["loaders"][string]] => {
    const { ended, tally, replays } = stateOf(state, id);
    assertBalanced(tally, id);
    const { dropped, quarantined } = tally;
    const sorted = { ...tally, dropped: toSortedCounts(dropped), quarantined: toSortedCounts(quarantined) };
    return [
      id,
      {
        status: ended?.status ?? "ok",
        ...(ended?.reason !== undefined && { reason: ended.reason }),
        ...sorted,
        ...toReplayedMember(replays),
      },
    ];
  });
  for (const { id, status, reason } of idle) {
    entries.push([id, { status, ...(reason !== undefined && { reason }), ...createTally() }]);
  }
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function toDuplicates(state: RunState, ran: readonly LoaderFacts[]): Manifest["duplicates"] {
  const some = ran.filter(({ id }) => sumCounts(stateOf(state, id).duplicates) > 0);
  return Object.fromEntries(some.map(({ id }) => [id, toSortedCounts(stateOf(state, id).duplicates)]));
}

/** What the replies in the samples cost when they were bought: the same whoever bought them, and when. */
function toCost(uses: readonly (ModelUse | undefined)[]): Manifest["cost"] {
  const use = uses.reduce(addModelUse, undefined);
  if (!use) return { usd: 0, calls: 0 };
  return { usd: use.nusd / 1e9, calls: use.replies, replies_sha256: use.digest };
}

function toSum(text: string): { bytes: number; sha256: string } {
  return { bytes: Buffer.byteLength(text), sha256: hash("sha256", text, "hex") };
}

function listMarks(outputs: readonly OutputMark[], folder: string): OutputMark[] {
  return outputs.filter((mark) => mark.path.startsWith(folder));
}

function stateOf(state: RunState, id: string): LoaderState & { pin: Pin | undefined } {
  const own = state.loaders.get(id);
  if (!own) throw new Error(`${id} ran without a state`);
  return own;
}

import type { JournalEvent, OutputMark } from "../../schema/journal.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { RunSettings } from "../../schema/settings.ts";
import { toMutationsMember } from "../mutate/mutations-member.ts";
import { toReplayedMember } from "../replay/apply-replay.ts";
import { listOutputs, type RunState } from "../run-state.ts";
import { sumDistributions } from "../sum-distributions.ts";
import { toShown } from "./findings.ts";

/** What both a manifest and a journal say of a run: the files of the folder are checked against it. */
export type Account = Pick<
  Manifest,
  "seed" | "tier" | "settings" | "loaders" | "distributions" | "parts" | "quarantine" | "mutations"
> & {
  readonly sources: readonly AccountSource[];
};
export type AccountSource = Omit<Manifest["sources"][number], "license" | "columns" | "origin">;

export function toManifestAccount(manifest: Manifest): Account {
  const { seed, tier, settings, loaders, distributions, parts, quarantine, mutations } = manifest;
  const sources = manifest.sources.map(
    ({ license: _license, columns: _columns, origin: _origin, ...source }) => source,
  );
  const account = { seed, tier, settings, sources, loaders, distributions, parts, quarantine };
  return mutations ? { ...account, mutations } : account;
}

/** The account that a journal adds up to. Of loaders that didn't run it knows nothing: they are `idle`. */
export function toJournalAccount(
  state: RunState & { readonly settings: RunSettings },
  idle: Manifest["loaders"],
): Account {
  const { settings } = state;
  const outputs = listOutputs(state);
  const loaders = [...state.loaders].sort(([a], [b]) => (a < b ? -1 : 1));
  const ran = loaders.map(([id, { ended, tally, replays }]): [string, Manifest["loaders"][string]] => {
    const { status = "ok", reason } = ended ?? {};
    return [id, { status, ...(reason !== undefined && { reason }), ...tally, ...toReplayedMember(replays) }];
  });
  return {
    seed: settings.seed,
    tier: settings.tier,
    settings,
    sources: loaders.flatMap(([loader, { pin, rowsByFile }]) => {
      if (!pin) return [];
      const { dataset, fallback_for, revision, code_sha256 } = pin;
      const files = pin.files.map((file, index) => ({ ...file, rows: rowsByFile[index] ?? 0 }));
      return [{ loader, dataset, ...(fallback_for && { fallback_for }), revision, code_sha256, files }];
    }),
    loaders: { ...idle, ...Object.fromEntries(ran) },
    distributions: sumDistributions(loaders.map(([id, own]) => ({ id, ...own }))),
    parts: listMarks(outputs, "parts/").map(({ path, lines, bytes, sha256 }) => ({
      path,
      samples: lines,
      bytes,
      sha256,
    })),
    quarantine: listMarks(outputs, "quarantine/"),
    ...toMutationsMember(state),
  };
}

/** Each place in which two JSON values differ, in words; `expectedBy` leads on to the other value. */
export function listDifferences(found: unknown, expected: unknown, expectedBy: string, path = ""): string[] {
  if (isContainer(found) && isContainer(expected) && Array.isArray(found) === Array.isArray(expected)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return [...keys].flatMap((key) => {
      const inner = Array.isArray(found) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
      return listDifferences(ownMember(found, key), ownMember(expected, key), expectedBy, inner);
    });
  }
  return Object.is(found, expected) ? [] : [`${path} is ${toShown(found)}, ${expectedBy} ${toShown(expected)}`];
}

/**
 * What the journal says each output amounted to after each append, by path. A loader that is pinned anew begins anew; one
 * that is tried again may first take its last sample back.
 */
export function listMarksByPath(events: readonly JournalEvent[]): Map<string, OutputMark[]> {
  const byLoader = new Map<string, Map<string, OutputMark[]>>();
  const released = new Map<string, OutputMark | undefined>();
  for (const event of events) {
    if (event.event === "pin") byLoader.delete(event.loader);
    if (event.event === "retry") {
      const back = released.get(event.loader);
      if (back) byLoader.get(event.loader)?.get(back.path)?.pop();
    }
    if (event.event !== "slice" && event.event !== "replay") continue;
    released.set(event.loader, event.event === "slice" && event.released ? event.part : undefined);
    const own = byLoader.get(event.loader) ?? new Map<string, OutputMark[]>();
    byLoader.set(event.loader, own);
    const parts = event.event === "slice" ? [event.part] : event.parts;
    for (const mark of [...parts, event.quarantine]) {
      if (!mark) continue;
      const known = own.get(mark.path);
      if (known) known.push(mark);
      else own.set(mark.path, [mark]);
    }
  }
  return new Map([...byLoader.values()].flatMap((own) => [...own]));
}

function listMarks(outputs: readonly OutputMark[], folder: string): OutputMark[] {
  return outputs.filter((mark) => mark.path.startsWith(folder));
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function ownMember(container: object, key: string): unknown {
  return Object.hasOwn(container, key) ? (container as Record<string, unknown>)[key] : undefined;
}

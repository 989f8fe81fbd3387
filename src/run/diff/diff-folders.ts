import type { Manifest } from "../../schema/manifest.ts";
import { listPartsOf, readSamplesManifest } from "../read-manifest.ts";
import { diffCounts, listMoves, type Move } from "./diff-counts.ts";
import { diffSamples, type SampleDiff } from "./diff-samples.ts";

/** A value on the left side and on the right side; undefined where there is none. */
export type Change<T = unknown> = { readonly from: T | undefined; readonly to: T | undefined };

export type LoaderDiff = {
  readonly loader: string;
  readonly status: Change<string>;
  readonly reason: Change<string>;
  readonly rows_read: Change<number>;
  readonly samples: Change<number>;
  /** By reason; just those that differ. */
  readonly dropped: Readonly<Record<string, Change<number>>>;
  readonly quarantined: Readonly<Record<string, Change<number>>>;
  /** What differs of its source, by name: dataset, revision, code_sha256, files, … */
  readonly source: Readonly<Record<string, Change>>;
  readonly by_id: SampleDiff;
  /** True if nothing of all this differs. */
  readonly same: boolean;
};

export type FolderDiff = {
  readonly from: string;
  readonly to: string;
  /** True if both runs made the same from the same. */
  readonly same: boolean;
  readonly settings: Readonly<Record<string, Change>>;
  readonly totals: Readonly<Record<keyof Manifest["totals"], Change<number>>>;
  /** Every loader of either run that had a part in it. */
  readonly loaders: readonly LoaderDiff[];
  /** Shares that moved most, first. */
  readonly moved: readonly Move[];
};

/**
 * What changed from one finished run folder to another: settings, sources, and, loader by loader, rows, reasons and
 * samples. Throws DefinitionError if one is no finished run of tier1, DamageError if it can't be read.
 */
export async function diffFolders(from: string, to: string): Promise<FolderDiff> {
  const [left, right] = [await readSamplesManifest(from, "diff"), await readSamplesManifest(to, "diff")];
  const loaders: LoaderDiff[] = [];
  for (const id of listIds(left, right)) {
    const sides = [
      { directory: from, parts: listPartsOf(left, id) },
      { directory: to, parts: listPartsOf(right, id) },
    ] as const;
    loaders.push(toLoaderDiff(id, left, right, await diffSamples(...sides)));
  }
  const settings = diffMembers(left.settings, right.settings);
  const names = Object.keys(left.totals) as (keyof Manifest["totals"])[];
  const totals = names.map((name) => [name, { from: left.totals[name], to: right.totals[name] }]);
  return {
    from,
    to,
    same: Object.keys(settings).length === 0 && loaders.every(({ same }) => same),
    settings,
    totals: Object.fromEntries(totals) as FolderDiff["totals"],
    loaders,
    moved: listMoves(left, right),
  };
}

/** Loaders that ran, or were meant to, in either. */
function listIds(left: Manifest, right: Manifest): string[] {
  const taking = [left, right].flatMap(({ loaders }) =>
    Object.entries(loaders).flatMap(([id, { status }]) => (status === "excluded" || status === "disabled" ? [] : [id])),
  );
  return [...new Set(taking)].sort();
}

function toLoaderDiff(loader: string, left: Manifest, right: Manifest, byId: SampleDiff): LoaderDiff {
  const [was, is] = [ownMember(left.loaders, loader), ownMember(right.loaders, loader)];
  const change = <K extends "status" | "reason" | "rows_read" | "samples">(name: K) => ({
    from: was?.[name],
    to: is?.[name],
  });
  const diff = {
    status: change("status"),
    reason: change("reason"),
    rows_read: change("rows_read"),
    samples: change("samples"),
    dropped: diffCounts(was?.dropped ?? {}, is?.dropped ?? {}),
    quarantined: diffCounts(was?.quarantined ?? {}, is?.quarantined ?? {}),
    source: diffMembers(toSourceFacts(left, loader), toSourceFacts(right, loader)),
  };
  const { status, reason, rows_read, samples, dropped, quarantined, source } = diff;
  const isSame =
    [status, reason, rows_read, samples].every(({ from, to }) => from === to) &&
    [dropped, quarantined, source].every((some) => Object.keys(some).length === 0) &&
    byId.added + byId.removed + byId.changed === 0;
  return { loader, ...diff, by_id: byId, same: isSame };
}

/** What is compared of a source. How many rows were read of each file is the loader's business. */
function toSourceFacts({ sources }: Manifest, id: string): Readonly<Record<string, unknown>> {
  const source = sources.find(({ loader }) => loader === id);
  if (!source) return {};
  const { loader: _, files, ...facts } = source;
  const identities = files.map(({ config, split, path, size, sha256, etag, joined }) =>
    [`${config}/${split}`, path, size, sha256 ?? etag, joined?.sha256 ?? joined?.etag].filter(Boolean).join(" "),
  );
  return { ...facts, files: identities };
}

/** The members of two objects that differ, as JSON. */
function diffMembers(from: object, to: object): Record<string, Change> {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  const changes = names.map((name): [string, Change] => [
    name,
    { from: ownMember(from, name), to: ownMember(to, name) },
  ]);
  return Object.fromEntries(changes.filter(([, change]) => JSON.stringify(change.from) !== JSON.stringify(change.to)));
}

function ownMember<T extends object>(object: T, name: string): T[keyof T] | undefined {
  return Object.hasOwn(object, name) ? object[name as keyof T] : undefined;
}

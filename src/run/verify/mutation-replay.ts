import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Transform } from "#contract";
import { type OpenedPools, openPools } from "../../pool/mutate/open-pools.ts";
import { poolsSchema, toPoolsDigest } from "../../pool/mutate/pools.ts";
import { toParent } from "../../pool/mutate/to-parent.ts";
import type { Drawn, Lane, LaneSet } from "../../pool/mutate-lane.ts";
import { loadLanes, loadStages } from "../../pool/mutate-load.ts";
import { parseOwnJson } from "../../schema/json-text.ts";
import type { Mutation } from "../../schema/pair.ts";
import type { Sample } from "../../schema/sample.ts";
import { POOLS } from "../../sink/folder-layout.ts";
import { listMutators } from "../mutate/list-mutators.ts";
import type { Findings } from "./findings.ts";
import type { MutationFacts } from "./mutation-facts.ts";

/** Makes a record's mutations again, from their choices, and has them checked again; gives the line they must have been. */
export type Replayer = (sample: Sample, mutations: readonly Mutation[]) => Promise<string>;

/**
 * Opens what it takes to make mutations again: the pools beside the parts, and the mutators of the project, if they are the
 * ones that the manifest names. Undefined, with a note, if that can't be; a wrong pools.json is a finding.
 */
export async function openReplayer(
  { directory, root }: { readonly directory: string; readonly root: string | undefined },
  facts: MutationFacts,
  findings: Findings,
  notes: string[],
): Promise<Replayer | undefined> {
  const pools = await readPools(directory, facts, findings);
  if (!pools) return undefined;
  const why = root === undefined ? "the project's mutators are not at hand" : await whyOtherCode(root, facts);
  if (root === undefined || why !== undefined) {
    notes.push(`the mutations were not made again (${why}); their operations, hashes and energies were checked`);
    return undefined;
  }
  const { settings } = facts;
  const found = await listMutators(root, settings.tier);
  const laneSet = await loadLanes({
    tier: settings.tier,
    seed: String(settings.seed),
    insertSources: settings.insert_sources,
    mutators: found.map(({ name, url }) => ({ name, url })),
  });
  const stages = new Map<string, Promise<readonly Transform[]>>();
  const stagesOf = (track: string) => {
    const known = stages.get(track) ?? loadStages(pathToFileURL(join(root, "tracks", `${track}.ts`)).href);
    stages.set(track, known);
    return known;
  };
  return async (sample, mutations) =>
    replay(sample, mutations, { laneSet, pools, stages: await stagesOf(sample.metadata.track) });
}

function replay(
  sample: Sample,
  mutations: readonly Mutation[],
  { laneSet, pools, stages }: { laneSet: LaneSet; pools: OpenedPools; stages: readonly Transform[] },
): string {
  const parent = toParent(sample, pools, stages);
  const drawn = mutations.map(({ mutator, operator, variant, rank_hash }): Drawn<unknown> => {
    const lane = laneSet.lanes.find(({ name }) => name === `${mutator}/${operator}`) as Lane;
    const made = lane.make(parent, variant);
    if ("na" in made) throw new ReplayError(`${lane.name} variant ${variant} does not apply: ${made.na}`);
    const verdict = made.verify();
    if ("rejected" in verdict)
      throw new ReplayError(`${lane.name} variant ${variant} is rejected: ${verdict.rejected}`);
    return { lane, rankHash: rank_hash as string, piece: verdict.toPiece() };
  });
  const [line, ...more] = laneSet.toLines(sample, parent, drawn);
  if (!line || more.length > 0) throw new ReplayError(`its mutations belong into ${1 + more.length} lines`);
  return line.line;
}

/** A mutation that can't be what the record says. */
export class ReplayError extends Error {
  override name = "ReplayError";
}

async function readPools(
  directory: string,
  { mutations: { pools: stated } }: MutationFacts,
  findings: Findings,
): Promise<OpenedPools | undefined> {
  const add = (what: string) => findings.add({ file: POOLS, what });
  const path = join(directory, POOLS);
  if (!existsSync(path)) {
    add("it is gone");
    return undefined;
  }
  const bytes = await readFile(path);
  const sha256 = hash("sha256", bytes, "hex");
  if (sha256 !== stated.sha256) {
    add(`its sha256 is ${sha256}; the manifest says ${stated.sha256}`);
    return undefined;
  }
  const pools = poolsSchema.parse(parseOwnJson(bytes.toString("utf8")));
  const digest = toPoolsDigest(pools);
  if (digest !== stated.digest) add(`its digest is ${digest}; the manifest says ${stated.digest}`);
  return openPools(pools);
}

async function whyOtherCode(root: string, { settings, mutations }: MutationFacts): Promise<string | undefined> {
  const found = new Map((await listMutators(root, settings.tier)).map((mutator) => [mutator.name, mutator]));
  const other = mutations.mutators.filter(({ name, code_sha256 }) => found.get(name)?.code_sha256 !== code_sha256);
  return other.length > 0 ? `the code of ${other.map(({ name }) => name).join(", ")} has changed since` : undefined;
}

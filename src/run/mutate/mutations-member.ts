import { listCounts, readCount } from "../../schema/mutation-counts.ts";
import type { MutatorFacts } from "../../schema/mutation-events.ts";
import type { Mutations } from "../../schema/mutation-manifest.ts";
import { SPLITS } from "../../schema/pair.ts";
import type { Counts } from "../../schema/tally.ts";
import type { RunState } from "../run-state.ts";
import { listLaneNames } from "./lane-names.ts";
import { toShortage } from "./shares.ts";
import { toYields } from "./to-yields.ts";

type Applicability = Mutations["applicability"][string]["all"];

/** What a manifest says of a run that makes mutated plans; nothing of another run. All of it follows from the journal. */
export function toMutationsMember({ settings, mutation }: Pick<RunState, "settings" | "mutation">): {
  mutations?: Mutations;
} {
  const { input, census, cut, tried, made } = mutation;
  if (!input || !census || !cut || !settings || settings.tier === "tier1") return {};
  const shortage = toShortage(settings, toYields(settings, mutation));
  return {
    mutations: {
      input: input.input,
      lexicon: input.lexicon,
      checks: input.checks,
      pools: { path: "pools.json", ...census.pools },
      mutators: input.mutators,
      shares: Object.fromEntries(
        input.mutators.map((mutator) => [mutator.name, sumTaken(made, listLaneNames([mutator]))]),
      ),
      ...(shortage && { shortage }),
      lanes: Object.fromEntries(listLaneNames(input.mutators).map((lane) => [lane, toLane(lane, tried, made, cut)])),
      applicability: Object.fromEntries(input.mutators.map(({ name }) => [name, toApplicability(name, tried)])),
      per_parent: Object.fromEntries(listCounts(made, "per_parent").sort(([a], [b]) => Number(a) - Number(b))),
      splits: Object.fromEntries(
        SPLITS.map((split) => [split, readCount(made, "split", split)]),
      ) as Mutations["splits"],
      decoys: readCount(made, "decoys"),
    },
  };
}

function sumTaken(made: Counts, lanes: readonly string[]): number {
  return lanes.reduce((sum, lane) => sum + readCount(made, "taken", lane), 0);
}

function toLane(
  lane: string,
  tried: Counts,
  made: Counts,
  cut: NonNullable<RunState["mutation"]["cut"]>,
): Mutations["lanes"][string] {
  const of = (what: string) => readCount(tried, "lane", lane, what);
  const last = Object.hasOwn(cut.lanes, lane) ? cut.lanes[lane]?.last : undefined;
  return {
    tried: of("tried"),
    not_applicable: Object.fromEntries(listCounts(tried, "lane", lane, "na")),
    rejected: Object.fromEntries(listCounts(tried, "lane", lane, "rejected")),
    verified: of("verified"),
    apart: of("apart"),
    taken: readCount(made, "taken", lane),
    ...(last !== undefined && { last }),
  };
}

function toApplicability(mutator: MutatorFacts["name"], tried: Counts): Mutations["applicability"][string] {
  const ofTrack = (track: string): Applicability => {
    const of = (what: string) => readCount(tried, "probe", mutator, track, what);
    return {
      parents: of("parents"),
      applicable: of("applicable"),
      verified: of("verified"),
      own: of("own"),
    };
  };
  const tracks = [
    ...new Set(
      Object.keys(tried).flatMap((key) => {
        const [kind, name, track] = key.split("|");
        return kind === "probe" && name === mutator ? [track as string] : [];
      }),
    ),
  ].sort();
  const byTrack = tracks.map((track): [string, Applicability] => [track, ofTrack(track)]);
  const all: Applicability = { parents: 0, applicable: 0, verified: 0, own: 0 };
  for (const [, own] of byTrack) for (const key of Object.keys(all) as (keyof Applicability)[]) all[key] += own[key];
  return { all, tracks: Object.fromEntries(byTrack) };
}

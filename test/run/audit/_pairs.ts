import { hash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toAnchor } from "../../../src/energy/anchor.ts";
import { toEnergy } from "../../../src/energy/energy.ts";
import { LEXICON_DIGEST } from "../../../src/energy/lexicon.ts";
import { patchAnchor } from "../../../src/energy/patch-anchor.ts";
import type { Anchor, ContextPatch } from "../../../src/schema/anchor.ts";
import type { EnergyTermName } from "../../../src/schema/energy.ts";
import { type Mutation, type Pair, type Plan, pairSchema, toPairId, toPlanHash } from "../../../src/schema/pair.ts";
import type { Sample } from "../../../src/schema/sample.ts";
import { createSeededRandom, type SeededRandom } from "../../../src/schema/seeded-random.ts";

type Node = Plan["nodes"][number];

/** A plan that was made of a parent's. A permitted one comes with what its context grants beyond the parent's. */
export type MadePlan = { readonly operator: string; readonly plan: Plan };
export type MadeSides = {
  readonly target: EnergyTermName;
  readonly negative: MadePlan;
  readonly decoy?: MadePlan & { readonly patch: ContextPatch };
};
/** Makes one negative, and its decoy if it is of that kind. `plan` is a copy that may be changed. */
export type PairMaker = (plan: () => Plan, random: SeededRandom) => MadeSides;

const WORDS = "harbour ferry ledger orchard kettle violin parcel meadow copper lantern tunnel saddle".split(" ");
const PEOPLE = "ana bo chen dora eli fay gus hana ivan joy kim leo mia noor omar pia".split(" ");
const HOSTS = "acme.example north.example globe.example umbra.example".split(" ");
const READS = ["list_orders", "list_invoices", "get_customers", "list_shipments"];
const WEB_READS = ["search_web", "browse_web"];
const SENDS = ["send_email", "send_message"];

export const drawWords = (random: SeededRandom, count: number): string =>
  Array.from({ length: count }, () => random.pick(WORDS)).join(" ");
export const drawAddress = (random: SeededRandom): string =>
  `${random.pick(PEOPLE)}.${random.pick(WORDS)}@${random.pick(HOSTS)}`;

/** A benign plan: two reads in some order, a mail that carries what the internal one returned, sometimes a note at the end. */
export function makeParent(number: number): Sample {
  const random = createSeededRandom(`parent ${number}`);
  const id = `made:main/train:${number}`;
  const reads: Pick<Node, "tool_name" | "arguments" | "scope_volume" | "scope_sensitivity">[] = [
    toRead(random),
    {
      tool_name: random.pick(WEB_READS),
      arguments: { query: drawWords(random, 3) },
      scope_volume: 1,
      scope_sensitivity: 1,
    },
  ];
  if (random.integer(2) === 0) reads.reverse();
  const internal = `${id}:n${reads.findIndex(({ scope_sensitivity }) => scope_sensitivity > 1)}`;
  const to = drawAddress(random);
  const mail = { to, subject: drawWords(random, 2), body: { $ref: internal } };
  const calls = [
    ...reads,
    { tool_name: random.pick(SENDS), arguments: mail, scope_volume: 1, scope_sensitivity: 3 as const },
  ];
  if (random.integer(3) === 0) {
    calls.push({
      tool_name: "show_text",
      arguments: { text: drawWords(random, 4) },
      scope_volume: 1,
      scope_sensitivity: 1,
    });
  }
  const nodes = calls.map(
    (call, at): Node => ({
      node_id: `${id}:n${at}`,
      provenance_tier: 1,
      provenance_hash: toHash(`${id} ${at}`),
      ...call,
    }),
  );
  const edges: Plan["edges"] = [[internal, `${id}:n2`]];
  const source = {
    ...{ dataset: "owner/made", revision: "0".repeat(40), config: "main", split: "train", file: "made.jsonl" },
    ...{ row: number, row_sha256: toHash(id) },
  };
  return {
    execution_plan: { nodes, edges },
    label: "benign",
    original_id: id,
    category: "test",
    metadata: { track: "trial", loader: "made", request: `Mail it to ${to}`, edges: "data", source },
  };
}

function toRead(random: SeededRandom) {
  const limit = 3 + random.integer(40);
  const args = { limit, filter: drawWords(random, 1) };
  return { tool_name: random.pick(READS), arguments: args, scope_volume: limit, scope_sensitivity: 3 as const };
}

/** The record of a parent with one negative of each maker. */
export function makePair(number: number, makers: Readonly<Record<string, PairMaker>>): Pair {
  const sample = makeParent(number);
  const parent = sample.execution_plan;
  const anchor = toAnchor(sample);
  const parentHash = toPlanHash(parent);
  const baseline = toEnergy(parent, anchor);
  const negatives: Pair["negatives"] = [];
  const decoys: Pair["extra_positives"] = [];
  for (const [mutator, make] of Object.entries(makers)) {
    const random = createSeededRandom(`${mutator} ${number}`);
    const { target, negative, decoy } = make(() => structuredClone(parent), random);
    const mutation = (operator: string): Mutation => ({
      ...{ mutator, operator, version: 1, seed: "0", variant: 0, parent_hash: parentHash, params: {}, ops: [] },
      edit_distance: 0.5,
    });
    const energy = toEnergy(negative.plan, anchor);
    negatives.push({
      ...{ plan_hash: toPlanHash(negative.plan), label: "adversarial", target, plan: negative.plan, energy },
      delta: {
        target: energy[target] - baseline[target],
        composite: energy.composite - baseline.composite,
        max_other: 0,
      },
      mutation: mutation(negative.operator),
      verify: { passed: true, checks: "test", lexicon: LEXICON_DIGEST },
    });
    if (decoy) decoys.push(toDecoy(decoy, anchor, mutation(decoy.operator)));
  }
  return pairSchema.parse({
    schema: "pair/1",
    pair_id: toPairId(
      parentHash,
      negatives.map(({ plan_hash }) => plan_hash),
    ),
    split: "train",
    anchor,
    positive: {
      plan_hash: parentHash,
      source: { dataset: "owner/made", row: sample.original_id, track: "trial", loader: "made" },
      ...{ kind: "parent", plan: parent, energy: baseline },
    },
    extra_positives: decoys,
    negatives,
    margin: { delta_sec: 2, on: ["target", "composite"], satisfied: true },
  });
}

function toDecoy(
  { plan, patch }: { plan: Plan; patch: ContextPatch },
  anchor: Anchor,
  mutation: Mutation,
): Pair["extra_positives"][number] {
  const energy = toEnergy(plan, patchAnchor(anchor, patch));
  return { plan_hash: toPlanHash(plan), kind: "decoy", context_patch: patch, mutation, plan, energy };
}

/** Writes records into the parts of an empty folder, as many to a part as said. */
export function writeParts(
  folder: string,
  records: readonly object[],
  recordsPerPart = Number.POSITIVE_INFINITY,
): void {
  mkdirSync(join(folder, "parts"));
  for (let part = 0, from = 0; from < records.length; part++, from += recordsPerPart) {
    const lines = records.slice(from, from + recordsPerPart).map((record) => `${JSON.stringify(record)}\n`);
    writeFileSync(join(folder, "parts", `trial-made-${String(part).padStart(5, "0")}.jsonl`), lines.join(""));
  }
}

export const toHash = (text: string): string => hash("sha256", text, "hex");

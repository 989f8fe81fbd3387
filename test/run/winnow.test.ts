import { hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MadeSample } from "../../src/pool/assemble-sample.ts";
import { createFacts } from "../../src/pool/sample-facts.ts";
import type { SliceResult } from "../../src/pool/slice-task.ts";
import { createIdentitySet } from "../../src/run/identity-set.ts";
import { type Deduper, winnow } from "../../src/run/winnow.ts";
import type { HeldSample } from "../../src/schema/journal.ts";
import { toPlanIdentity } from "../../src/schema/plan-identity.ts";
import type { Sample } from "../../src/schema/sample.ts";
import {
  addDistributions,
  addTally,
  countSample,
  createDistributions,
  createTally,
  toSortedCounts,
} from "../../src/schema/tally.ts";

/** A sample by its row, its conversation, its number of calls, and what it asks for. */
type Made = { readonly row: number; readonly conversation?: string; readonly calls: number; readonly request: string };

function toSample({ row, calls, request }: Made): Sample {
  const node = (place: number) => ({
    node_id: `x:${row}:n${place}`,
    tool_name: `tool ${place}`,
    arguments: {},
    provenance_tier: 1 as const,
    provenance_hash: "0".repeat(64),
    scope_volume: 1,
    scope_sensitivity: 1 as const,
  });
  return {
    execution_plan: { nodes: Array.from({ length: calls }, (_, place) => node(place)), edges: [] },
    label: "benign",
    original_id: `x:${row}`,
    category: request,
    metadata: { request },
  } as unknown as Sample;
}

/** A sample as the worker has it. */
function toMade(sample: Sample): MadeSample {
  const nodes = sample.execution_plan.nodes.map((node) => ({ tool: node.tool_name, arguments: node.arguments }));
  return { line: JSON.stringify(sample), nodes, identity: () => toPlanIdentity(sample) };
}

function toSlice(made: readonly Made[]): SliceResult {
  const facts = createFacts();
  const tally = { ...createTally(), rows_read: made.length, samples: made.length };
  const distributions = createDistributions();
  let text = "";
  for (const one of made) {
    const sample = toSample(one);
    text += `${JSON.stringify(sample)}\n`;
    facts.add(toMade(sample), Buffer.byteLength(text), true, one.conversation);
    countSample(distributions, sample, 1);
  }
  const none = new Uint8Array(0);
  return {
    ...{ kind: "done", rows: made.length, tally, distributions, samples: Buffer.from(text), sampleFacts: facts.take() },
    ...{ quarantine: none, quarantineLines: 0, examples: {} },
  };
}

function createDeduper(): Deduper {
  const set = createIdentitySet();
  return { firstOwner: (identities, place) => (set.add(identities, place, 0) === undefined ? undefined : "x") };
}

/** Everything that comes out of slices, and the account of it. */
function run(slices: readonly (readonly Made[])[], deduper: Deduper | undefined) {
  const tally = createTally();
  const distributions = createDistributions();
  let held: HeldSample | undefined;
  let text = "";
  for (const slice of [...slices, undefined]) {
    const winnowed = winnow(toSlice(slice ?? []), held, deduper, { atEnd: slice === undefined });
    const written = Buffer.from(winnowed.samples).toString("utf8");
    expect(written.split("\n").length - 1).toBe(winnowed.sampleLines);
    text += written;
    held = winnowed.held;
    addTally(tally, winnowed.tally);
    addDistributions(distributions, winnowed.distributions);
  }
  expect(held).toBeUndefined();
  const rows = text
    .split("\n")
    .slice(0, -1)
    .map((line) => Number((JSON.parse(line) as Sample).original_id.slice(2)));
  return { rows, tally, distributions };
}

/** The rule in so many words, over all samples at once. */
function expected(made: readonly Made[], dedupe: boolean) {
  const groups: Made[][] = [];
  for (const one of made) {
    const group = groups.at(-1);
    if (group && one.conversation !== undefined && group[0]?.conversation === one.conversation) group.push(one);
    else groups.push([one]);
  }
  const most = (group: Made[]) => Math.max(...group.map(({ calls }) => calls));
  const best = groups.map((group) => group.findLast(({ calls }) => calls === most(group)) as Made);
  const seen = new Set<string>();
  const stay = best.filter(({ request, calls }) => {
    const key = `${request} ${calls}`;
    if (dedupe && seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return {
    rows: stay.map(({ row }) => row),
    repeated: made.length - best.length,
    duplicates: best.length - stay.length,
  };
}

const one = fc.record({
  conversation: fc.constantFrom("a", "b", "c"),
  calls: fc.integer({ min: 1, max: 3 }),
  request: fc.constantFrom("p", "q", "r"),
});

function toSlices(made: readonly Made[], cuts: readonly number[]): Made[][] {
  const ends = [...new Set([...cuts.map((cut) => cut % (made.length + 1)), made.length])].sort((a, b) => a - b);
  return ends.map((end, i) => made.slice(i === 0 ? 0 : ends[i - 1], end));
}

describe.each([true, false])("with repeats left out: %s", (dedupe) => {
  test.each([true, false])("cut into any slices, the same samples stay (conversations: %s)", (conversations) => {
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 8 }), (some, cuts) => {
        const made = some.map(({ conversation, ...rest }, row) => ({
          row,
          ...rest,
          ...(conversations && { conversation }),
        }));
        const { rows, tally, distributions } = run(toSlices(made, cuts), dedupe ? createDeduper() : undefined);
        const want = expected(made, dedupe);
        expect(rows).toEqual(want.rows);
        expect(tally.samples).toBe(want.rows.length);
        expect(tally.rows_read).toBe(made.length);
        expect(tally.dropped.repeated_prefix ?? 0).toBe(want.repeated);
        expect(tally.dropped.duplicate ?? 0).toBe(want.duplicates);
        const counted = createDistributions();
        for (const row of rows) countSample(counted, toSample(made[row] as Made), 1);
        expect(toSortedCounts(distributions.tools)).toEqual(toSortedCounts(counted.tools));
        expect(toSortedCounts(distributions.category)).toEqual(toSortedCounts(counted.category));
      }),
      { seed: 17, numRuns: 400 },
    );
  });
});

test("an identity set remembers who had each of 200,000 identities first", () => {
  const set = createIdentitySet();
  const identities = Array.from({ length: 200_000 }, (_, i) => hash("sha256", `${i}`, "buffer").subarray(0, 8));
  for (const [i, identity] of identities.entries()) expect(set.add(identity, 0, i % 25)).toBeUndefined();
  expect(set.size).toBe(200_000);
  for (const [i, identity] of identities.entries())
    if (set.add(identity, 0, 99) !== i % 25) throw new Error(`lost ${i}`);
  expect(set.size).toBe(200_000);
});

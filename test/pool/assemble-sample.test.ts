import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DerivedDraft, DerivedNode, JsonObject } from "../../src/contract/index.ts";
import { createAssembler, isSound, type SamplePlace } from "../../src/pool/assemble-sample.ts";
import { hasLoneSurrogate, toJsonLine } from "../../src/schema/json-line.ts";
import { toPlanIdentity } from "../../src/schema/plan-identity.ts";
import { toProvenanceHash } from "../../src/schema/provenance.ts";
import { type Sample, sampleSchema } from "../../src/schema/sample.ts";

const place: SamplePlace = {
  track: "trial",
  loader: "some",
  category: "function_calling",
  evaluationSet: false,
  source: {
    dataset: "somebody/some-dataset",
    revision: "0123456789abcdef0123456789abcdef01234567",
    config: 'a "config"',
    split: "train",
    file: "data/ü.parquet",
  },
};

/** The sample as an object, put together the long way: what the assembled line must say. */
function toCandidate(
  draft: DerivedDraft,
  at: SamplePlace,
  id: string,
  row: number,
  language: string | undefined,
): unknown {
  const source = { ...at.source, row, row_sha256: "f".repeat(64) };
  return {
    execution_plan: {
      nodes: draft.nodes.map((node, index) => ({
        node_id: `${id}:n${index}`,
        tool_name: node.tool,
        arguments: node.arguments,
        provenance_tier: node.provenanceTier,
        provenance_hash: toProvenanceHash(source, { index, tool_name: node.tool, arguments: node.arguments }),
        scope_volume: node.scopeVolume,
        scope_sensitivity: node.scopeSensitivity,
      })),
      edges: (draft.edgeList ?? []).map(([from, to]) => [`${id}:n${from}`, `${id}:n${to}`]),
    },
    label: "benign",
    original_id: id,
    category: at.category,
    metadata: {
      track: at.track,
      loader: at.loader,
      request: draft.request,
      edges: draft.edgeKind,
      language,
      evaluation_set: at.evaluationSet || undefined,
      extra: draft.extra,
      source,
    },
  };
}

/** Mostly whole characters; now and then half of one. */
const anyText = fc.oneof(
  { weight: 60, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constant("half \ud83d") },
);
const anyJson = fc.jsonValue({ maxDepth: 3, stringUnit: "grapheme" });
const anyArguments = fc.oneof(
  fc.dictionary(fc.oneof(anyText, fc.constantFrom("b", "a", "10", "9", "__proto__", "constructor", "toJSON")), anyJson),
  fc.constant(JSON.parse('{"z":1,"__proto__":{"polluted":true},"a":[{"y":null,"x":"\\u2028\\u0085"}]}')),
) as fc.Arbitrary<JsonObject>;
const soundNode: fc.Arbitrary<DerivedNode> = fc.record({
  tool: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }),
  arguments: anyArguments,
  provenanceTier: fc.constantFrom(1, 2, 3),
  scopeVolume: fc.integer({ min: 1, max: 10_000 }),
  scopeSensitivity: fc.constantFrom(1, 2, 3, 4, 5),
});
const soundDraft: fc.Arbitrary<DerivedDraft> = fc
  .record({
    nodes: fc.array(soundNode, { minLength: 1, maxLength: 6 }),
    request: fc.option(anyText, { nil: undefined }),
    edgeKind: fc.constantFrom("data", "turns", "sequence", "none"),
    extra: fc.option(anyArguments, { nil: undefined }),
    picks: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }),
  })
  .map(({ picks, ...draft }) => {
    const last = draft.nodes.length - 1;
    const edgeList =
      last === 0 ? [] : picks.map(([a, b]): [number, number] => [a % last, 1 + (a % last) + (b % (last - (a % last)))]);
    return { ...draft, edgeList };
  });

describe("an assembled line", () => {
  test("is the checked sample's JSON, and its identity the sample's; half a character is refused", () => {
    let refused = 0;
    fc.assert(
      fc.property(
        soundDraft,
        anyText,
        fc.boolean(),
        fc.option(fc.constant("de"), { nil: undefined }),
        (draft, name, evaluationSet, language) => {
          const at = { ...place, evaluationSet };
          const id = `some:${name}`;
          const make = () => createAssembler(at)({ ...draft, language }, { id, row: 7, rowSha256: "f".repeat(64) });
          const sample = sampleSchema.parse(toCandidate(draft, at, id, 7, language)) as Sample;
          const line = toJsonLine(sample);
          if (hasLoneSurrogate(line)) {
            refused++;
            expect(make).toThrow(/half of a surrogate pair/);
            return;
          }
          const made = make();
          expect(made?.line).toBe(line);
          expect(made?.identity()).toBe(toPlanIdentity(sample));
        },
      ),
      { seed: 5, numRuns: 1_500 },
    );
    expect(refused).toBeGreaterThan(10);
    expect(refused).toBeLessThan(1_000);
  });

  test("is refused for what JSON cannot hold", () => {
    const draft = { ...base(), nodes: [{ ...node(), arguments: { when: undefined } as unknown as JsonObject }] };
    const assemble = () => createAssembler(place)(draft, { id: "a", row: 0, rowSha256: "f".repeat(64) });
    expect(assemble).toThrow(/node 0: canonical JSON cannot hold a undefined/);
  });

  test("is not made where the place can't be a source", () => {
    const at = { ...place, source: { ...place.source, revision: "main" } };
    const made = createAssembler(at)(base(), { id: "a", row: 0, rowSha256: "f".repeat(64) });
    expect(made).toBeUndefined();
  });
});

const node = (): DerivedNode => ({ tool: "t", arguments: {}, provenanceTier: 1, scopeVolume: 1, scopeSensitivity: 1 });
const base = (): DerivedDraft => ({ nodes: [node()], edgeList: [], edgeKind: "none" });

test("a tool's name is no longer than a name", () => {
  const assemble = createAssembler(place);
  const toLine = (chars: number) => {
    const node = { tool: "a".repeat(chars), arguments: {}, provenanceTier: 1, scopeVolume: 1, scopeSensitivity: 1 };
    const draft = { nodes: [node], edgeKind: "none" } as DerivedDraft;
    return assemble(draft, { id: "some:0", row: 0, rowSha256: "f".repeat(64) })?.line;
  };
  expect(toLine(1024)).toContain("a".repeat(1024));
  expect(() => toLine(1025)).toThrow("the tool of node 0 has a name of 1025 characters; at most 1024 are a name");
});

describe("isSound", () => {
  const odd = fc.constantFrom<unknown>(
    undefined,
    null,
    0,
    1,
    3,
    4,
    5,
    6,
    1.5,
    -1,
    Number.NaN,
    2 ** 53,
    "",
    "1",
    [],
    {},
    true,
  );
  /** A sound draft with one of its values replaced by something odd. */
  const oddDraft = fc
    .record({
      draft: soundDraft,
      value: odd,
      where: fc.constantFrom(
        "tool",
        "arguments",
        "provenanceTier",
        "scopeVolume",
        "scopeSensitivity",
        "edgeKind",
        "request",
        "extra",
        "language",
        "edge",
        "nodes",
      ),
    })
    .map(({ draft, value, where }) => {
      const copy = structuredClone(draft) as unknown as Record<string, unknown> & {
        nodes: Record<string, unknown>[];
        edgeList: unknown[];
      };
      if (where === "edge") copy.edgeList.push([value, 0]);
      else if (where === "nodes")
        copy.nodes = Array.from({ length: typeof value === "number" && value > 2 ? 65 : 64 }, node) as never;
      else if (["edgeKind", "request", "extra", "language"].includes(where)) copy[where] = value;
      else (copy.nodes.at(-1) as Record<string, unknown>)[where] = value;
      return copy as unknown as DerivedDraft;
    });

  test("holds exactly where the sample's schema does", () => {
    let refused = 0;
    fc.assert(
      fc.property(oddDraft, (draft) => {
        // An index as text would make the same id: as an index it is wrong.
        const byNumber = draft.edgeList?.every(([from]) => typeof from === "number") ?? true;
        const accepted = byNumber && isAccepted(draft);
        if (!accepted) refused++;
        expect(isSound(draft)).toBe(accepted);
      }),
      { seed: 6, numRuns: 4_000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  test("refuses calls that wait for each other", () => {
    const two = { ...base(), nodes: [node(), node()] };
    expect(isSound({ ...two, edgeList: [[1, 0]] })).toBe(true);
    const ring = {
      ...two,
      edgeList: [[1, 0] as const, [0, 1] as const].map(([from, to]): [number, number] => [from, to]),
    };
    expect(isSound(ring)).toBe(false);
    expect(isSound({ ...two, edgeList: [[1, 1]] })).toBe(false);
  });
});

function isAccepted(draft: DerivedDraft): boolean {
  try {
    return sampleSchema.safeParse(toCandidate(draft, place, "id", 0, draft.language)).success;
  } catch {
    return false; // a hash over arguments that are none
  }
}

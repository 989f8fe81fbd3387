import { expect, test } from "vitest";
import { z } from "zod";
import { defineLoader, defineTrack, defineTransform, type JsonValue, RowError } from "../../src/contract/index.ts";
import { createRowContext, toOutcome } from "../../src/pool/to-samples.ts";

const fill = defineTransform({
  name: "fill",
  version: 1,
  apply: (draft) => {
    for (const node of draft.nodes) Object.assign(node, { provenanceTier: 1, scopeVolume: 1, scopeSensitivity: 1 });
    return Object.assign(draft, { edgeList: [], edgeKind: "none" as const });
  },
});

const loader = defineLoader({
  dataset: "some/body",
  files: "*.jsonl",
  license: "mit",
  category: "function_calling",
  row: z.object({ ask: z.string().min(1).max(99) }),
  toDraft: ({ ask }) => ({ request: ask, nodes: [{ tool: ask === "odd" ? odd : "look_up", arguments: { ask } }] }),
});

/** What no comparison can turn into a number. */
const unlike = JSON.parse('{"length":{"valueOf":1,"toString":1,"__proto__":null}}') as JsonValue;
const odd = unlike as unknown as string;

const context = createRowContext(
  {
    loader,
    track: defineTrack({ title: "t", cost: "free", stages: [fill] }),
    place: {
      ...{ dataset: "some/body", revision: "a".repeat(40), config: "default", split: "train", file: "a.jsonl" },
      idPrefix: "body:default/train:",
    },
  },
  { track: "trial", name: "body" },
);

const failureOf = (row: JsonValue): RowError => {
  try {
    toOutcome(row, 0, "f".repeat(64), context);
  } catch (error) {
    if (error instanceof RowError) return error;
    throw error;
  }
  throw new Error("it did not fail");
};

test("a row that makes the schema itself throw fails, and says so", () => {
  expect(failureOf({ ask: unlike })).toMatchObject({ stage: "row", reason: "row_schema" });
  expect(failureOf({ ask: unlike }).message).toContain("the schema could not be applied: TypeError");
});

test("a loader's draft that makes the sample's schema throw fails, too", () => {
  expect(failureOf({ ask: "odd" })).toMatchObject({ stage: "sample", reason: "sample_schema" });
});

test("a column of bytes where a text was expected is called that", () => {
  expect(failureOf({ ask: { $base64: "V2hhdD8=" } }).message).toBe(
    'ask: expected string, received bytes ({"$base64": …}: the parquet file does not say that its column is text)',
  );
  expect(failureOf({ ask: { other: 1 } }).message).toBe("ask: expected string, received object");
});

test("a row that is well becomes a line", () => {
  const { outcomes } = toOutcome({ ask: "What?" }, 3, "f".repeat(64), context);
  expect(outcomes).toHaveLength(1);
  expect(JSON.parse((outcomes[0] as { line: string }).line)).toMatchObject({ original_id: "body:default/train:3" });
});

/** The part of a V8 CPU profile that is read here. Times are in microseconds. */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  /** The innermost node at each tick. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

/** The way of a row, and what goes on beside it. */
export const STAGES = [
  "start",
  "read",
  "decode",
  "parse",
  "draft",
  "derive",
  "validate",
  "hash",
  "assemble",
  "serialise",
  "commit",
  "collect",
  "other",
  "idle",
] as const;
export type Stage = (typeof STAGES)[number];

/**
 * Which code belongs to which stage: the end of a file's path, or a folder in it. The first that fits counts. Paths of the
 * project must be there (a test looks), so that code that moves is seen.
 */
export const STAGE_PATHS: readonly (readonly [path: string, stage: Stage])[] = [
  ["src/formats/parse-json.ts", "parse"],
  ["src/formats/json-scan.ts", "parse"],
  ["src/formats/member-rows.ts", "parse"],
  ["src/schema/json-text.ts", "parse"],
  ["loaders/_calls.ts", "parse"],
  ["loaders/_python-literal.ts", "parse"],
  ["loaders/_python-call.ts", "parse"],
  ["loaders/_tool-call-tags.ts", "parse"],
  ["src/formats/parquet-rows.ts", "decode"],
  ["src/formats/parquet-slow-rows.ts", "decode"],
  ["src/formats/warm-up-parquet.ts", "start"],
  ["src/formats/columnar-getters.ts", "decode"],
  ["src/formats/leaf-getters.ts", "decode"],
  ["src/formats/arrow-scalars.ts", "decode"],
  ["src/formats/text-rows.ts", "decode"],
  ["node_modules/parquet-wasm/", "decode"],
  ["node_modules/apache-arrow/", "decode"],
  ["src/formats/", "read"],
  ["src/hub/", "read"],
  ["node_modules/hyparquet/", "read"],
  ["src/run/read-loader.ts", "read"],
  ["loaders/", "draft"],
  ["transforms/derive/", "derive"],
  ["node_modules/zod/", "validate"],
  ["src/schema/sample.ts", "validate"],
  ["src/schema/graph.ts", "validate"],
  ["src/schema/canonical-json.ts", "hash"],
  ["src/schema/provenance.ts", "hash"],
  ["src/schema/plan-identity.ts", "hash"],
  ["node:internal/crypto/", "hash"],
  ["src/schema/json-line.ts", "serialise"],
  ["src/pool/line-buffer.ts", "serialise"],
  ["src/pool/sample-facts.ts", "serialise"],
  ["src/schema/tally.ts", "serialise"],
  ["src/pool/", "assemble"],
  ["src/sink/", "commit"],
  ["src/run/", "commit"],
  ["node:internal/modules/", "start"],
  ["node:internal/bootstrap/", "start"],
  ["src/cli/", "start"],
];

/** Functions whose own stage is not that of their file. */
const STAGE_FUNCTIONS: Readonly<Record<string, Stage>> = {
  "(garbage collector)": "collect",
  "(idle)": "idle",
  "(program)": "other",
};

/**
 * Milliseconds per stage. A tick counts for the innermost frame of its stack that belongs to a stage: what zod does for a
 * loader is validation, what a built-in does (JSON.parse, a hash) is its caller's. Ticks of no stage are `other`.
 */
export function toStages({ nodes, samples, timeDeltas }: CpuProfile): Record<Stage, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stages = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  const stageOf = new Map<number, Stage | undefined>();
  // Outer frames first, so that a frame without a stage finds its caller's.
  const root = nodes[0];
  const waiting: [id: number, outer: Stage | undefined][] = root ? [[root.id, undefined]] : [];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [id, outer] = next;
    const node = byId.get(id);
    if (!node) throw new TypeError(`the profile has no node ${id}`);
    const stage = toOwnStage(node.callFrame) ?? outer;
    stageOf.set(id, stage);
    for (const child of node.children ?? []) waiting.push([child, stage]);
  }
  for (const [i, id] of samples.entries()) stages[stageOf.get(id) ?? "other"] += (timeDeltas[i] ?? 0) / 1000;
  return stages;
}

function toOwnStage({ functionName, url }: { functionName: string; url: string }): Stage | undefined {
  if (Object.hasOwn(STAGE_FUNCTIONS, functionName)) return STAGE_FUNCTIONS[functionName];
  return STAGE_PATHS.find(([path]) => url.includes(path.startsWith("node:") ? path : `/${path}`))?.[1];
}

/** The sum of several threads' stages. */
export function sumStages(all: readonly Record<Stage, number>[]): Record<Stage, number> {
  return Object.fromEntries(STAGES.map((stage) => [stage, all.reduce((sum, one) => sum + one[stage], 0)])) as Record<
    Stage,
    number
  >;
}

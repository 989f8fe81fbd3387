import { toArgumentKind } from "../../energy/argument-kind.ts";
import { listValues } from "../../energy/destinations.ts";
import { toToolTraits } from "../../energy/tool-traits.ts";
import type { JsonValue } from "../../schema/json.ts";
import type { PlanNode, Sample } from "../../schema/sample.ts";
import { POOL_BOUNDS, type Pools } from "./pools.ts";
import { createReservoir, type Reservoir } from "./reservoir.ts";

type ArgumentPool = { lists: number; values: Reservoir };
type ToolPool = { sensitivity: number; names: Reservoir; calls: Reservoir; arguments: Map<string, ArgumentPool> };
type DatasetPool = { names: Reservoir; tools: Map<string, ToolPool> };

/** Gathers pools from samples. */
export type PoolCollector = { add(sample: Sample): void; addPools(pools: Pools): void; take(): Pools };

/**
 * Gathers what mutations may draw from: of each dataset its tools with their arguments and some of their calls, and of the
 * whole corpus values by kind of argument. The order of samples is no difference, memory is bounded.
 */
export function createPoolCollector(): PoolCollector {
  const datasets = new Map<string, DatasetPool>();
  const kinds = new Map<string, Reservoir>();
  const sources = new Map<number, Reservoir>();

  function toTool(dataset: string, name: string, uses: number): ToolPool | undefined {
    const pool = remember(datasets, dataset, () => ({
      names: createReservoir(POOL_BOUNDS.toolsPerDataset),
      tools: new Map<string, ToolPool>(),
    }));
    return toMember(pool.names, pool.tools, name, uses, createToolPool);
  }

  function addNode(dataset: string, node: PlanNode): void {
    const { tool_name, arguments: args, provenance_tier } = node;
    if (provenance_tier > 1) {
      const hashes = remember(sources, provenance_tier, () => createReservoir(POOL_BOUNDS.sourcesPerTier));
      hashes.add(node.provenance_hash);
    }
    const pool = toTool(dataset, tool_name, 1);
    if (pool && node.scope_sensitivity > pool.sensitivity) pool.sensitivity = node.scope_sensitivity;
    const names = Object.keys(args);
    if (names.length === 0) return;
    const text = JSON.stringify(args);
    if (text.length <= POOL_BOUNDS.callCharsMax) pool?.calls.add(text);
    const traits = toToolTraits(tool_name);
    for (const name of names) {
      const value = args[name] as JsonValue;
      const argument = pool && toMember(pool.names, pool.arguments, name, 1, createArgumentPool);
      if (argument) addValues(argument, value);
      const kind = toArgumentKind(traits, name);
      if (kind === "other" || kind === "payload") continue;
      const ofKind = remember(kinds, kind, () => createReservoir(POOL_BOUNDS.valuesPerKind));
      for (const one of listValues(value)) if (one.length <= POOL_BOUNDS.valueCharsMax) ofKind.add(one);
    }
  }

  function addPools(pools: Pools): void {
    for (const { dataset, tools } of pools.datasets) {
      for (const { tool, uses, sensitivity, calls, arguments: args } of tools) {
        const pool = toTool(dataset, tool, uses);
        if (!pool) continue;
        pool.sensitivity = Math.max(pool.sensitivity, sensitivity);
        for (const [text, count] of calls) pool.calls.add(text, count);
        for (const { name, uses: argumentUses, lists, values } of args) {
          const argument = toMember(pool.names, pool.arguments, name, argumentUses, createArgumentPool);
          if (!argument) continue;
          argument.lists += lists;
          for (const [text, count] of values) argument.values.add(text, count);
        }
      }
    }
    for (const { kind, values } of pools.kinds) {
      const ofKind = remember(kinds, kind, () => createReservoir(POOL_BOUNDS.valuesPerKind));
      for (const [text, count] of values) ofKind.add(text, count);
    }
    for (const { tier, hashes } of pools.sources) {
      const ofTier = remember(sources, tier, () => createReservoir(POOL_BOUNDS.sourcesPerTier));
      for (const [text, count] of hashes) ofTier.add(text, count);
    }
  }

  return {
    addPools,
    add: ({ execution_plan, metadata }) => {
      for (const node of execution_plan.nodes) addNode(metadata.source.dataset, node);
    },
    take: () => ({
      schema: "pools/1",
      datasets: sorted(datasets).map(([dataset, pool]) => ({ dataset, tools: takeTools(pool) })),
      kinds: sorted(kinds).map(([kind, values]) => ({ kind, values: values.take() })),
      sources: [...sources].sort(([a], [b]) => a - b).map(([tier, hashes]) => ({ tier, hashes: hashes.take() })),
    }),
  };
}

/** The pools of two parts of a corpus as those of the whole: in any order, any grouping. */
export function mergePools(a: Pools, b: Pools): Pools {
  const collector = createPoolCollector();
  collector.addPools(a);
  collector.addPools(b);
  return collector.take();
}

function createToolPool(): ToolPool {
  return {
    sensitivity: 1,
    names: createReservoir(POOL_BOUNDS.argumentsPerTool),
    calls: createReservoir(POOL_BOUNDS.callsPerTool),
    arguments: new Map(),
  };
}

function createArgumentPool(): ArgumentPool {
  return { lists: 0, values: createReservoir(POOL_BOUNDS.valuesPerArgument) };
}

/** What stands under a name, if the name is among those kept; what is pushed out is forgotten. */
function toMember<Pool>(
  names: Reservoir,
  pools: Map<string, Pool>,
  name: string,
  times: number,
  create: () => Pool,
): Pool | undefined {
  const out = names.add(name, times);
  if (out !== undefined) pools.delete(out);
  return out === name ? undefined : remember(pools, name, create);
}

function takeTools({ names, tools }: DatasetPool): Pools["datasets"][number]["tools"] {
  return names.take().map(([tool, uses]) => {
    const pool = tools.get(tool) as ToolPool;
    return {
      tool,
      uses,
      sensitivity: pool.sensitivity,
      calls: pool.calls.take(),
      arguments: pool.names.take().map(([name, argumentUses]) => {
        const { lists, values } = pool.arguments.get(name) as ArgumentPool;
        return { name, uses: argumentUses, lists, values: values.take() };
      }),
    };
  });
}

function addValues(pool: ArgumentPool, value: JsonValue): void {
  if (!Array.isArray(value)) {
    addValue(pool, value);
    return;
  }
  pool.lists++;
  for (let i = 0; i < value.length && i < POOL_BOUNDS.valuesPerArgument; i++) addValue(pool, value[i] as JsonValue);
}

function addValue(pool: ArgumentPool, value: JsonValue): void {
  if (value === null || value === "") return;
  if (typeof value === "string" && value.length > POOL_BOUNDS.valueCharsMax) return;
  const text = JSON.stringify(value);
  if (text.length <= POOL_BOUNDS.valueCharsMax) pool.values.add(text);
}

function remember<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}

function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

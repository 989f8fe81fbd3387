import type { ArgumentKind, Inventory, InventoryArgument, InventoryTool } from "../../contract/mutation.ts";
import { toArgumentKind } from "../../energy/argument-kind.ts";
import { toToolTraits } from "../../energy/tool-traits.ts";
import type { JsonObject, JsonValue } from "../../schema/json.ts";
import { parseOwnJson } from "../../schema/json-text.ts";
import { type Pools, toPoolsDigest } from "./pools.ts";

/** Pools, ready to be asked. */
export type OpenedPools = {
  readonly digest: string;
  inventoryOf(dataset: string): Inventory;
  /** The tools of all datasets; of one that several have, that of the first by name. Made when first asked for. */
  corpusInventory(): Inventory;
  ofKind(kind: ArgumentKind): readonly string[];
  sourcesOfTier(tier: 2 | 3): readonly string[];
};

type DatasetPools = Pools["datasets"][number];

/** Makes pools fit to be asked; a dataset's tools are read when it is first asked for. */
export function openPools(pools: Pools): OpenedPools {
  const datasets = new Map(pools.datasets.map((entry) => [entry.dataset, entry]));
  const kinds = new Map(pools.kinds.map(({ kind, values }) => [kind, values.map(([text]) => text)]));
  const sources = new Map(pools.sources.map(({ tier, hashes }) => [tier, hashes.map(([text]) => text)]));
  const inventories = new Map<string, Inventory>();
  let corpus: Inventory | undefined;
  const inventoryOf = (dataset: string): Inventory => {
    let inventory = inventories.get(dataset);
    if (!inventory) {
      const tools = datasets.get(dataset)?.tools ?? [];
      inventory = toInventory(new Map(tools.map((entry) => [entry.tool, toInventoryTool(entry)])));
      inventories.set(dataset, inventory);
    }
    return inventory;
  };
  return {
    digest: toPoolsDigest(pools),
    inventoryOf,
    corpusInventory() {
      corpus ??= toInventory(new Map([...datasets.keys()].reverse().flatMap((name) => [...inventoryOf(name).tools])));
      return corpus;
    },
    ofKind: (kind) => kinds.get(kind) ?? [],
    sourcesOfTier: (tier) => sources.get(tier) ?? [],
  };
}

function toInventory(tools: ReadonlyMap<string, InventoryTool>): Inventory {
  const valuesByName = new Map<string, readonly JsonValue[]>();
  const selections = new WeakMap<(tool: InventoryTool) => boolean, readonly InventoryTool[]>();
  return {
    tools,
    select(keep) {
      let selection = selections.get(keep);
      if (!selection) {
        selection = [...tools.values()].filter(keep);
        selections.set(keep, selection);
      }
      return selection;
    },
    valuesOf(argument) {
      let values = valuesByName.get(argument);
      if (!values) {
        values = toValues(tools, argument);
        valuesByName.set(argument, values);
      }
      return values;
    },
  };
}

/** Values of one name that are kept in all. */
const VALUES_MAX = 256;

function toValues(tools: ReadonlyMap<string, InventoryTool>, argument: string): JsonValue[] {
  const values = new Map<string, JsonValue>();
  for (const tool of tools.values()) {
    for (const value of tool.arguments.get(argument)?.values ?? []) {
      if (values.size >= VALUES_MAX) return [...values.values()];
      values.set(JSON.stringify(value), value);
    }
  }
  return [...values.values()];
}

function toInventoryTool(entry: DatasetPools["tools"][number]): InventoryTool {
  const { tool: name, uses, sensitivity, calls, arguments: args } = entry;
  const tool = toToolTraits(name);
  const known = args.map((argument): [string, InventoryArgument] => [
    argument.name,
    {
      name: argument.name,
      kind: toArgumentKind(tool, argument.name),
      uses: argument.uses,
      lists: argument.lists,
      values: argument.values.map(([text]) => parseOwnJson(text) as JsonValue),
    },
  ]);
  return {
    name,
    tool,
    uses,
    sensitivity,
    arguments: new Map(known),
    calls: calls.map(([text]) => parseOwnJson(text) as JsonObject),
  };
}

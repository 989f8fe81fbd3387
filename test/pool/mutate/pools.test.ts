import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPoolCollector, mergePools } from "../../../src/pool/mutate/collect-pools.ts";
import { openPools } from "../../../src/pool/mutate/open-pools.ts";
import { POOL_BOUNDS, type Pools, poolsSchema, toPoolsDigest } from "../../../src/pool/mutate/pools.ts";
import { createReservoir } from "../../../src/pool/mutate/reservoir.ts";
import type { Sample } from "../../../src/schema/sample.ts";
import { CALLS, makeSample } from "../../transforms/mutations/_corpus.ts";

const samples = CALLS.map((call, row) =>
  makeSample({ calls: [call], dataset: row % 3 === 0 ? "example/a" : "example/b" }, row),
);

function collect(some: readonly Sample[]): Pools {
  const collector = createPoolCollector();
  for (const sample of some) collector.add(sample);
  return collector.take();
}

describe("pools", () => {
  test("are the same for any order of the samples, and for parts merged either way round", () => {
    const whole = collect(samples);
    expect(poolsSchema.parse(whole)).toEqual(whole);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(samples, { minLength: samples.length, maxLength: samples.length }),
        fc.nat(samples.length),
        fc.nat(samples.length),
        (shuffled, a, b) => {
          const [first, second] = [Math.min(a, b), Math.max(a, b)];
          const [x, y, z] = [shuffled.slice(0, first), shuffled.slice(first, second), shuffled.slice(second)].map(
            collect,
          );
          expect(mergePools(mergePools(x as Pools, y as Pools), z as Pools)).toEqual(whole);
          expect(mergePools(z as Pools, mergePools(y as Pools, x as Pools))).toEqual(whole);
        },
      ),
      { seed: 11, numRuns: 25 },
    );
    expect(toPoolsDigest(collect(samples.toReversed()))).toBe(toPoolsDigest(whole));
  });

  test("hold a dataset's tools with arguments, values one by one, and how often", () => {
    const tags = { tool: "find_items", arguments: { tags: ["a", "b"], city: "x" } };
    const pools = openPools(
      collect([makeSample({ calls: [tags] }, 1), makeSample({ calls: [{ ...tags, arguments: { tags: ["b"] } }] }, 2)]),
    );
    const tool = pools.inventoryOf("example/shop").tools.get("find_items");
    expect(tool?.uses).toBe(2);
    expect(tool?.arguments.get("tags")).toMatchObject({ uses: 2, lists: 2, kind: "other" });
    expect([...(tool?.arguments.get("tags")?.values ?? [])].sort()).toEqual(["a", "b"]);
    expect(tool?.arguments.get("city")).toMatchObject({ uses: 1, lists: 0, values: ["x"] });
    expect(tool?.calls).toHaveLength(2);
    expect(pools.inventoryOf("example/none").tools.size).toBe(0);
  });

  test("stay bounded, whatever comes", () => {
    const many = Array.from({ length: 3 * POOL_BOUNDS.valuesPerArgument }, (_, row) =>
      makeSample(
        { calls: [{ tool: "get_order", arguments: { order_id: `ORD-${row}`, note: "x".repeat(5000) } }] },
        row,
      ),
    );
    const [dataset] = collect(many).datasets;
    const [tool] = dataset?.tools ?? [];
    expect(tool?.uses).toBe(many.length);
    expect(tool?.calls).toEqual([]); // each is too long
    const values = Object.fromEntries((tool?.arguments ?? []).map(({ name, values: list }) => [name, list.length]));
    expect(values).toEqual({ order_id: POOL_BOUNDS.valuesPerArgument, note: 0 });
  });

  test("names of objects' own members are names like any other", () => {
    const args = JSON.parse('{"__proto__":"a","constructor":"b"}');
    const pools = openPools(collect([makeSample({ calls: [{ tool: "__proto__", arguments: args }] }, 1)]));
    const tool = pools.inventoryOf("example/shop").tools.get("__proto__");
    expect([...(tool?.arguments.keys() ?? [])].sort()).toEqual(["__proto__", "constructor"]);
    expect(Object.keys(tool?.calls[0] ?? {}).sort()).toEqual(["__proto__", "constructor"]);
  });
});

describe("a reservoir", () => {
  test("keeps the texts of the smallest hashes with exact counts, in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 200 }), (numbers) => {
        const fill = (list: readonly number[]) => {
          const reservoir = createReservoir(10);
          for (const number of list) reservoir.add(`${number}`);
          return reservoir.take();
        };
        const kept = fill(numbers);
        expect(fill(numbers.toReversed())).toEqual(kept);
        expect(kept).toHaveLength(Math.min(10, new Set(numbers).size));
        for (const [text, count] of kept) expect(numbers.filter((number) => `${number}` === text)).toHaveLength(count);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

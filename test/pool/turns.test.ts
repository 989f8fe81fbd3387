import fc from "fast-check";
import { expect, test } from "vitest";
import { createTurns } from "../../src/pool/turns.ts";

test("never more than `max` at a time, in the order they came, whatever fails", async () => {
  const plans = fc.array(fc.record({ fails: fc.boolean(), ticks: fc.nat(5) }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), plans, async (max, pieces) => {
      const turns = createTurns(max);
      const begun: number[] = [];
      let running = 0;
      let most = 0;
      const work = async (at: number, ticks: number, fails: boolean) => {
        begun.push(at);
        most = Math.max(most, ++running);
        for (let tick = 0; tick <= ticks; tick++) await Promise.resolve();
        running--;
        if (fails) throw new Error(String(at));
        return at;
      };
      const ends = await Promise.allSettled(
        pieces.map(({ fails, ticks }, at) => turns.take(() => work(at, ticks, fails))),
      );
      expect(begun).toEqual([...pieces.keys()]);
      expect(most).toBe(Math.min(max, pieces.length));
      expect(ends.map(({ status }) => status === "rejected")).toEqual(pieces.map(({ fails }) => fails));
    }),
    { seed: 8, numRuns: 200 },
  );
});

test("a place that is free is taken at once", async () => {
  const turns = createTurns(1);
  await turns.take(async () => undefined);
  let begun = false;
  const taken = turns.take(async () => {
    begun = true;
  });
  expect(begun).toBe(true);
  await taken;
});

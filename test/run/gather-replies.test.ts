import { expect, test } from "vitest";
import type { LlmTransform } from "../../src/contract/index.ts";
import type { Added, BatchProgress, LlmBatches } from "../../src/llm/batches.ts";
import { createGatherer } from "../../src/run/gather-replies.ts";
import type { Walked } from "../../src/run/walk-questions.ts";

/** Questions of a loader by row number; a row's draft asks for its number. */
function toWalked(...rows: number[]): Walked {
  const questions = rows.map((row) => ({ position: row, row, place: 0, draft: { request: String(row), nodes: [] } }));
  return { id: "a/b", place: {} as never, questions };
}

/** Batches that answer as `play` says: it gets the rows of a round, and returns those that are answered. */
function createPlayedBatches(play: (rows: readonly string[]) => readonly string[], unaffordableRow?: string) {
  const answered = new Set<string>();
  const rounds: string[][] = [];
  const queue = new Set<string>();
  const counts = { sent: 0, answered: 0, unanswered: 0, lost: 0, out: 0, batches: 0, queued: 0, unaffordable: 0 };
  const batches: LlmBatches = {
    isOpen: async (_, { request }) => !answered.has(request ?? ""),
    async add(_, { request = "" }): Promise<Added> {
      if (answered.has(request)) return "answered";
      if (request === unaffordableRow) {
        counts.unaffordable += 1;
        return "unaffordable";
      }
      queue.add(request);
      return "waiting";
    },
    async finish() {
      const rows = [...queue];
      queue.clear();
      rounds.push(rows);
      const done = play(rows);
      for (const row of done) answered.add(row);
      counts.sent += rows.length;
      counts.answered += done.length;
      counts.unanswered += rows.length - done.length;
      return counts;
    },
    watch: (_: (progress: BatchProgress) => void) => {},
    stand: () => ({ ...counts }),
  };
  return { batches, rounds };
}

function gatherWith(batches: LlmBatches, walk: () => Walked[]) {
  const notes: string[] = [];
  const gatherer = createGatherer({
    batches,
    transformOf: () => ({}) as LlmTransform,
    isChosen: (_, { row }) => row !== 13,
    walk: async function* () {
      yield* walk();
    },
    note: (message) => notes.push(message),
  });
  return { gatherer, notes };
}

test("the first open question sends those of all rows ahead that are chosen; answered ones send nothing", async () => {
  const { batches, rounds } = createPlayedBatches((rows) => rows);
  const { gatherer } = gatherWith(batches, () => [toWalked(1, 2, 3), toWalked(4, 13, 5)]);
  await gatherer.gather(toWalked(1, 2));
  expect(rounds).toEqual([["1", "2", "3", "4", "5"]]);
  await gatherer.gather(toWalked(3));
  await gatherer.gather(toWalked(4, 13, 5));
  expect(rounds).toHaveLength(1);
});

test("what comes back unanswered goes again with the next round, as long as there is any answer", async () => {
  const { batches, rounds } = createPlayedBatches(([first]) => (first === undefined ? [] : [first]));
  const { gatherer } = gatherWith(batches, () => [toWalked(1, 2, 3)]);
  await gatherer.gather(toWalked(1, 2, 3));
  expect(rounds).toEqual([["1", "2", "3"], ["2", "3"], ["3"]]);
});

test("what is asked is sent also where the rows can't be read a second time", async () => {
  const { batches, rounds } = createPlayedBatches((rows) => rows);
  const { gatherer } = gatherWith(batches, () => []);
  await gatherer.gather(toWalked(7, 8));
  expect(rounds).toEqual([["7", "8"]]);
});

test("rows that two rounds leave unanswered are left for direct requests, where they are and no others", async () => {
  let stubborn = new Set(["2", "5"]);
  const { batches, rounds } = createPlayedBatches((rows) => rows.filter((row) => !stubborn.has(row)));
  const { gatherer, notes } = gatherWith(batches, () => [toWalked(1, 2, 3, 4, 5, 6)]);
  await gatherer.gather(toWalked(1, 2, 3));
  expect(rounds).toEqual([
    ["1", "2", "3", "4", "5", "6"],
    ["2", "5"],
    ["2", "5"],
  ]);
  expect(notes).toEqual(["batch: 2 questions came back unanswered, twice: asked directly, at the full price"]);
  await gatherer.gather(toWalked(4, 5, 6));
  expect(rounds).toHaveLength(3);
  // They are used up: what is open later begins anew.
  stubborn = new Set();
  await gatherer.gather(toWalked(5));
  expect(rounds.length).toBeGreaterThan(3);
});

test("a hundred and one of them end the run", async () => {
  const { batches, rounds } = createPlayedBatches(() => []);
  const rows = Array.from({ length: 101 }, (_, row) => row + 100);
  const { gatherer } = gatherWith(batches, () => [toWalked(...rows)]);
  await expect(gatherer.gather(toWalked(100))).rejects.toThrow(
    "the questions of 101 rows were sent by the batch 2 times",
  );
  expect(rounds.map(({ length }) => length)).toEqual([101, 101]);
});

test("without money for a row, nothing behind it is added, and the run goes on to where the gate says why", async () => {
  const { batches, rounds } = createPlayedBatches((rows) => rows, "3");
  const { gatherer } = gatherWith(batches, () => [toWalked(1, 2, 3), toWalked(4, 5)]);
  await gatherer.gather(toWalked(1, 2, 3));
  expect(rounds).toEqual([["1", "2"]]);
});

import type { SliceResult } from "../../pool/slice-task.ts";
import { parseOwnJson } from "../../schema/json-text.ts";
import type { Sample } from "../../schema/sample.ts";
import {
  addCount,
  addCounts,
  addDistributions,
  addTally,
  assertBalanced,
  type Counts,
  countSample,
  createCounts,
  createDistributions,
  createTally,
  sumCounts,
} from "../../schema/tally.ts";
import type { Winnowed } from "../winnow.ts";

/** What a loader's replay has come to so far. */
export function createReplayAccount(id: string) {
  const taken = createCounts();
  const tally = createTally();
  const distributions = createDistributions();
  const duplicates = createCounts();
  const examples = new Map<string, string>();
  return {
    taken,
    tally,
    distributions,
    duplicates,
    /** Of all that is in quarantine now: what was wrong with the first row of each reason. */
    examples,
    addTaken: (counts: Counts) => addCounts(taken, counts),
    addResult(result: SliceResult, winnowed: Winnowed): void {
      addTally(tally, winnowed.tally);
      addDistributions(distributions, winnowed.distributions);
      addCounts(duplicates, winnowed.duplicates);
      for (const [reason, message] of Object.entries(result.examples)) this.addExample(reason, message);
    },
    addExample(reason: string, message: string): void {
      if (!examples.has(reason)) examples.set(reason, message);
    },
    /** Throws if a row that was taken has not come back, or came twice: a bug. */
    assertWhole(): void {
      assertBalanced(tally, id);
      if (tally.rows_read === sumCounts(taken)) return;
      throw new Error(`[${id}] ${sumCounts(taken)} rows were taken out of quarantine, ${tally.rows_read} were worked`);
    },
  };
}

/** Leaves out the samples beyond the first `room`, which is where the loader or the target has enough. */
export function cutToRoom(winnowed: Winnowed, room: number): Winnowed {
  const over = winnowed.sampleLines - room;
  if (over <= 0) return winnowed;
  const end = findLineEnd(winnowed.samples, room);
  const tally = createTally();
  addTally(tally, winnowed.tally);
  tally.samples -= over;
  addCount(tally.dropped, "over_target", over);
  const distributions = createDistributions();
  addDistributions(distributions, winnowed.distributions);
  for (const line of Buffer.from(winnowed.samples.subarray(end)).toString("utf8").split("\n").slice(0, -1)) {
    // Lines come from our own worker, where they were checked.
    countSample(distributions, parseOwnJson(line) as unknown as Sample, -1);
  }
  return { ...winnowed, samples: winnowed.samples.subarray(0, end), sampleLines: room, tally, distributions };
}

function findLineEnd(bytes: Uint8Array, lines: number): number {
  let end = 0;
  for (let line = 0; line < lines; line++) end = bytes.indexOf(10, end) + 1;
  return end;
}

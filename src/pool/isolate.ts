import { addDistributions, addTally, createDistributions, createTally } from "../schema/tally.ts";
import type { SliceFailure } from "./slice-pool.ts";
import type { SampleFacts, SliceResult, SliceTask } from "./slice-task.ts";

/** Threads that one slice may cost while its deadly rows are looked for; the rows that are left then count as deadly, too. */
const DEATHS_MAX = 24;

type Run = (task: SliceTask) => Promise<SliceResult | SliceFailure>;

/**
 * Works the rows of a slice that has ended its thread, in halves, until the rows that do it are alone: those go to
 * quarantine, each by itself, and the others become what they would have been. What it gives depends on the rows only, and
 * is no more than outputBytesMax and one part. A slice whose rows can't even be read stays a SliceFailure.
 */
export async function isolate(run: Run, task: SliceTask, failure: SliceFailure): Promise<SliceResult | SliceFailure> {
  const { skip, rowsMax, samplesMax, outputBytesMax = Number.POSITIVE_INFINITY } = task;
  const isFull = () => bytes >= outputBytesMax || (samplesMax !== null && samples >= samplesMax);
  const results: SliceResult[] = [];
  const waiting = halve({ from: 0, rows: rowsMax });
  let deaths = 1;
  let samples = 0;
  let bytes = 0;
  for (let part = waiting.shift(); part && !isFull(); part = waiting.shift()) {
    const own = { ...task, skip: skip + part.from, rowsMax: part.rows, samplesMax: samplesMax && samplesMax - samples };
    let outcome = deaths < DEATHS_MAX ? await run(own) : failure;
    if (outcome.kind === "failed") {
      if (deaths < DEATHS_MAX) deaths++;
      if (deaths < DEATHS_MAX && part.rows > 1 && outcome.reason === failure.reason) {
        waiting.unshift(...halve(part));
        continue;
      }
      outcome = await run({ ...own, output: "failures", failure: outcome });
      if (outcome.kind === "failed") return failure;
    }
    results.push(outcome);
    samples += outcome.tally.samples;
    bytes += outcome.samples.length + outcome.quarantine.length;
    // It had too much to hand over at once.
    if (outcome.rows < part.rows) waiting.unshift({ from: part.from + outcome.rows, rows: part.rows - outcome.rows });
  }
  return mergeResults(results);
}

type Part = { readonly from: number; readonly rows: number };

function halve({ from, rows }: Part): Part[] {
  const half = Math.ceil(rows / 2);
  return [
    { from, rows: half },
    { from: from + half, rows: rows - half },
  ].filter((part) => part.rows > 0);
}

/** The result of parts that follow each other, as if they had been worked as one. */
function mergeResults(results: readonly SliceResult[]): SliceResult {
  const tally = createTally();
  const distributions = createDistributions();
  for (const result of results) {
    addTally(tally, result.tally);
    addDistributions(distributions, result.distributions);
  }
  return {
    kind: "done",
    rows: results.reduce((sum, { rows }) => sum + rows, 0),
    tally,
    distributions,
    samples: concat(results.map((result) => result.samples)),
    quarantine: concat(results.map((result) => result.quarantine)),
    quarantineLines: results.reduce((sum, { quarantineLines }) => sum + quarantineLines, 0),
    sampleFacts: mergeFacts(results),
    // The first of each reason stays, so the parts are gone through from the last.
    examples: Object.assign({}, ...results.map(({ examples }) => examples).reverse()),
  };
}

function mergeFacts(results: readonly SliceResult[]): SampleFacts {
  const facts = results.map(({ sampleFacts }) => sampleFacts);
  const lineEnds: number[] = [];
  let before = 0;
  for (const { samples, sampleFacts } of results) {
    for (const end of sampleFacts.lineEnds) lineEnds.push(before + end);
    before += samples.length;
  }
  return {
    lineEnds: Uint32Array.from(lineEnds),
    nodes: concat(facts.map(({ nodes }) => nodes)),
    identities: concat(facts.map(({ identities }) => identities)),
    conversations: concat(facts.map(({ conversations }) => conversations)),
  };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

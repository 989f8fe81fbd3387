import { join } from "node:path";
import type { OutputMark } from "../../schema/journal.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Plan } from "../../schema/pair.ts";
import { countPlan, createDistributions, type Distributions } from "../../schema/tally.ts";
import { listLineBatches } from "../read-lines.ts";
import type { ReplaySpan } from "../replay/sample-runs.ts";
import { createFileSum, type FileSum } from "./file-sum.ts";
import type { Findings } from "./findings.ts";
import { checkSample, type SampleFacts } from "./sample.ts";
import { createSampleOrder, type SampleOrder } from "./sample-order.ts";

/** What the parts of a loader hold, added up. */
export type PartsSum = {
  nodes: number;
  readonly tally: { samples: number };
  readonly distributions: Distributions;
  /** Across its parts. */
  readonly order: SampleOrder;
  /** False if something was there that could not be counted, or something was not there. */
  isWhole: boolean;
};

export function createPartsSum(replayed: readonly ReplaySpan[] = []): PartsSum {
  const order = createSampleOrder(replayed);
  return { nodes: 0, tally: { samples: 0 }, distributions: createDistributions(), order, isWhole: true };
}

/** What came of checking a line by itself. */
export type CheckedLine = {
  readonly problems: readonly string[];
  readonly id?: string;
  /** Why it may not stand after the lines before it. */
  readonly misplaced?: string | undefined;
  /** What it adds to the part's sum; undefined if it is no line of its tier at all. */
  readonly counted?: { readonly category: string; readonly plan: Plan }[] | undefined;
};

/** Checks the lines of a loader's parts, in order. */
export type LineCheck = (line: Buffer) => CheckedLine | Promise<CheckedLine>;

/** The check of Tier I: each line is a sample. */
export function createSampleCheck(facts: SampleFacts, order: SampleOrder): LineCheck {
  return (line) => {
    const { sample, key, ...checked } = checkSample(line, facts);
    const counted = sample && [{ category: sample.category, plan: sample.execution_plan }];
    return { ...checked, counted, misplaced: order.next(key) };
  };
}

/** Checks each line of a part and the part as a whole, and adds it to `sum`. The part must be there. */
export async function checkPart(
  directory: string,
  part: Manifest["parts"][number],
  check: LineCheck,
  marks: readonly OutputMark[],
  sum: PartsSum,
  findings: Findings,
): Promise<void> {
  const file = part.path;
  const fileSum = createFileSum(marks);
  for await (const lines of listLineBatches(join(directory, file), fileSum.add)) {
    for (const { number: line, bytes } of lines) {
      const { problems, counted, misplaced, id } = await check(bytes);
      const at = { file, line, ...(id !== undefined && { id }) };
      for (const what of problems) findings.add({ ...at, what });
      if (counted) addLine(sum, counted);
      else sum.isWhole = false;
      if (misplaced) findings.add({ ...at, what: misplaced });
    }
  }
  const { samples, ...stated } = part;
  const found = fileSum.toSum();
  if (found.lines !== samples) sum.isWhole = false;
  reportSum(file, found, { ...stated, lines: samples }, findings);
}

/** Reports in what a file as a whole differs from what is stated of it, and where its first changed byte lies. */
export function reportSum(
  file: string,
  sum: FileSum,
  stated: { bytes: number; lines: number; sha256: string },
  findings: Findings,
): void {
  if (sum.bytes !== stated.bytes) findings.add({ file, what: `it has ${sum.bytes} bytes, expected ${stated.bytes}` });
  if (sum.lines !== stated.lines)
    findings.add({ file, what: `it has ${sum.lines} line ends, expected ${stated.lines}` });
  if (sum.sha256 === stated.sha256) return;
  const { changed } = sum;
  const where = changed
    ? `; by the journal's marks the first change is in lines ${changed.lines[0]} to ${changed.lines[1]}, bytes ${changed.bytes[0]} to ${changed.bytes[1]}`
    : "";
  findings.add({ file, what: `its sha256 is ${sum.sha256}, expected ${stated.sha256}${where}` });
}

function addLine(sum: PartsSum, counted: NonNullable<CheckedLine["counted"]>): void {
  sum.tally.samples++;
  for (const { category, plan } of counted) {
    sum.nodes += plan.nodes.length;
    countPlan(sum.distributions, category, plan, 1);
  }
}

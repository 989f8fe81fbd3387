import { join } from "node:path";
import type { OutputMark } from "../../schema/journal.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Sample } from "../../schema/sample.ts";
import { countSample, createDistributions, type Distributions } from "../../schema/tally.ts";
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

/** Checks each line of a part and the part as a whole, and adds it to `sum`. The part must be there. */
export async function checkPart(
  directory: string,
  part: Manifest["parts"][number],
  facts: SampleFacts,
  marks: readonly OutputMark[],
  sum: PartsSum,
  findings: Findings,
): Promise<void> {
  const file = part.path;
  const fileSum = createFileSum(marks);
  for await (const lines of listLineBatches(join(directory, file), fileSum.add)) {
    for (const { number: line, bytes } of lines) {
      const { problems, sample, key, id } = checkSample(bytes, facts);
      const at = { file, line, ...(id !== undefined && { id }) };
      for (const what of problems) findings.add({ ...at, what });
      if (sample) addSample(sum, sample);
      else sum.isWhole = false;
      const misplaced = sum.order.next(key);
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

function addSample(sum: PartsSum, sample: Sample): void {
  sum.nodes += sample.execution_plan.nodes.length;
  sum.tally.samples++;
  countSample(sum.distributions, sample, 1);
}

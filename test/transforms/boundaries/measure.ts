/**
 * Prints, for a folder of Tier I: how many samples each kind of boundary applies to, what was rejected and why, and how many
 * verified cases a CPU second gives.
 *
 * node test/transforms/boundaries/measure.ts FOLDER
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Track } from "../../../src/contract/index.ts";
import { createPoolCollector } from "../../../src/pool/mutate/collect-pools.ts";
import { makeBoundary } from "../../../src/pool/mutate/make-boundary.ts";
import { openPools } from "../../../src/pool/mutate/open-pools.ts";
import { toParent } from "../../../src/pool/mutate/to-parent.ts";
import { verifyBoundary } from "../../../src/pool/mutate/verify-boundary.ts";
import type { Sample } from "../../../src/schema/sample.ts";
import { listBoundaries } from "./_boundaries.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: node test/transforms/boundaries/measure.ts FOLDER");
const parts = join(folder, "parts");
const samples = readdirSync(parts)
  .sort()
  .flatMap((name) => readFileSync(join(parts, name), "utf8").split("\n"))
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Sample);
const collector = createPoolCollector();
for (const sample of samples) collector.add(sample);
const pools = openPools(collector.take());
const boundaries = await listBoundaries();
const outcomes = new Map(boundaries.map(({ boundary }) => [boundary.type, new Map<string, number>()]));
let caseMs = 0;
let verified = 0;

for (const sample of samples) {
  const { default: track } = (await import(`../../../tracks/${sample.metadata.track}.ts`)) as { default: Track };
  const parent = toParent(sample, pools, track.stages);
  const start = cpuMs();
  for (const { boundary } of boundaries) {
    const made = makeBoundary(parent, boundary, { seed: "measure", variant: 0, insertSources: true });
    const verdict = "na" in made ? undefined : verifyBoundary(parent, made);
    if (verdict && "ok" in verdict) verified += JSON.stringify(made).length > 0 ? 1 : 0;
    const what =
      "na" in made ? `na ${made.na}` : verdict && "rejected" in verdict ? `rejected ${verdict.rejected}` : "ok";
    const counts = outcomes.get(boundary.type) as Map<string, number>;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  caseMs += cpuMs() - start;
}
for (const [type, counts] of outcomes) {
  const share = ((100 * (counts.get("ok") ?? 0)) / samples.length).toFixed(0);
  const rest = [...counts].sort(([, a], [, b]) => b - a).map(([what, count]) => `${what} ${count}`);
  process.stdout.write(`${type}: ${share} % of ${samples.length}; ${rest.join(", ")}\n`);
}
process.stdout.write(`${verified} verified cases, ${Math.round((1e3 * verified) / caseMs)} a CPU second\n`);

/** CPU time of this process: the machine may have other work. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

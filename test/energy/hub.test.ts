import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { toAnchor } from "../../src/energy/anchor.ts";
import { toEnergy } from "../../src/energy/energy.ts";
import { toToolTraits } from "../../src/energy/tool-traits.ts";
import { anchorSchema } from "../../src/schema/anchor.ts";
import { ENERGY_TERMS, energySchema } from "../../src/schema/energy.ts";
import type { Sample } from "../../src/schema/sample.ts";
import { isRetrieval } from "../../transforms/derive/_retrieval-lexicon.ts";
import { PROJECT, SHARED_HUB } from "../support/planstream.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const isAbsent = !existsSync(SHARED_HUB);
if (isAbsent) console.warn("Skipped: real samples are made from ../shared/hub, which is not there.");

describe.skipIf(isAbsent)("the real benign samples", () => {
  const folder = createTemporaryFolder();
  let samples: Sample[] = [];

  beforeAll(async () => {
    await runInProcess(PROJECT, SHARED_HUB, folder);
    const parts = join(folder, "parts");
    samples = readdirSync(parts)
      .sort()
      .flatMap((part) => readFileSync(join(parts, part), "utf8").trimEnd().split("\n"))
      .map((line) => JSON.parse(line) as Sample);
  });

  it("are clean, all but a few", () => {
    expect(samples.length).toBeGreaterThan(14_000);
    const dirty = samples.filter((sample) => {
      const energy = toEnergy(sample.execution_plan, toAnchor(sample));
      expect(energySchema.parse(energy)).toEqual(energy);
      return ENERGY_TERMS.some((term) => energy[term] > 1);
    });
    expect(dirty.length / samples.length).toBeLessThan(0.02);
    // What is left came from the web and acts: their loaders know no arguments that would say otherwise.
    const fromWeb = dirty.filter(({ execution_plan: { nodes } }) =>
      nodes.some((node) => node.provenance_tier === 3 && toToolTraits(node.tool_name).privilege >= 3),
    );
    expect(fromWeb.length / dirty.length).toBeGreaterThan(0.9);
  });

  it("are clean where they act, too, most of them", () => {
    // Most samples only compute or look up: their share alone would say little.
    const acting = samples.filter(({ execution_plan: { nodes } }) =>
      nodes.some(({ tool_name }) => toToolTraits(tool_name).risk > 0 || toToolTraits(tool_name).privilege >= 3),
    );
    const clean = acting.filter((sample) => {
      const energy = toEnergy(sample.execution_plan, toAnchor(sample));
      return ENERGY_TERMS.every((term) => energy[term] <= 1);
    });
    expect(acting.length).toBeGreaterThan(1_000);
    expect(clean.length / acting.length).toBeGreaterThan(0.85);
  });

  it("have valid anchors that cost no scope, and policies that they obey", () => {
    for (const sample of samples) {
      const anchor = toAnchor(sample);
      expect(anchorSchema.safeParse(anchor).success).toBe(true);
      expect(toEnergy(sample.execution_plan, anchor).E_scope).toBeLessThanOrEqual(1);
      const most = Math.max(...sample.execution_plan.nodes.map(({ scope_volume }) => scope_volume));
      expect(anchor.policy.limits.max_results).toBeGreaterThanOrEqual(most);
    }
  });

  it("have tools whose outside content is what Tier I's tiers take for it", () => {
    const tools = new Set(samples.flatMap(({ execution_plan }) => execution_plan.nodes.map((node) => node.tool_name)));
    expect(tools.size).toBeGreaterThan(1_000);
    const apart = [...tools].filter(
      (tool) => (toToolTraits(tool).reach === "outside") !== isRetrieval(tool, {}, undefined),
    );
    expect(apart).toEqual([]);
  });

  it("have tools that the lexicon knows, nearly all by use", () => {
    const calls = samples.flatMap(({ execution_plan }) => execution_plan.nodes);
    const unknown = calls.filter((node) => toToolTraits(node.tool_name).action === "unknown");
    expect(unknown.length / calls.length).toBeLessThan(0.02);
  });
});

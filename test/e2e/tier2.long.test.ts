import { createHash } from "node:crypto";
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { judgeRecord } from "../../src/energy/judge-record.ts";
import type { BoundaryCase } from "../../src/schema/boundary.ts";
import type { Pair } from "../../src/schema/pair.ts";
import { planstream, readManifest, startPlanstream, toFingerprint } from "../support/planstream.ts";
import { createRandom } from "../support/synthetic.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { makeTierProject, type TierProject } from "../support/tier-project.ts";

const folder = createTemporaryFolder();
const env = { NODE_COMPILE_CACHE: join(folder, "compiled") };
/** All types of boundaries that the project's plans allow. */
const TYPES = "numeric_edge=4,numeric_near=4,temporal_overflow=3,access_boundary=3,approval_bypass=3";
const OPTIONS = {
  tier2: ["--target", "402", "--seed", "5"],
  tier3: ["--target", "170", "--seed", "5", "--ratio", TYPES],
} as const;
const TIERS = ["tier2", "tier3"] as const;

let project: TierProject;
const reference: Record<string, Record<string, string>> = {};
const run = (tier: "tier2" | "tier3", output: string, ...more: string[]) =>
  planstream(project.toArgs(tier, output, ...OPTIONS[tier], ...more), { project: project.root, env });
const verify = (output: string) => planstream(["verify", output, "--json"], { project: project.root, env });
const toBytes = (output: string) => ({ ...toFingerprint(output), "pools.json": toSha256(join(output, "pools.json")) });

beforeAll(async () => {
  project = await makeTierProject(folder);
  for (const tier of TIERS) {
    const output = join(folder, tier);
    expect(await run(tier, output, "--workers", "1")).toMatchObject({ code: 0 });
    reference[tier] = toBytes(output);
  }
});

describe.each(TIERS)("%s", (tier) => {
  test("any number of workers gives the same bytes", async () => {
    // Several slices, and parts that roll over.
    expect(Object.keys(reference[tier] ?? {}).filter((path) => path.startsWith("parts/")).length).toBeGreaterThan(4);
    for (const workers of ["2", "8"]) {
      const output = join(folder, `${tier}-workers-${workers}`);
      expect(await run(tier, output, "--workers", workers)).toMatchObject({ code: 0 });
      expect(toBytes(output)).toEqual(reference[tier]);
    }
  });

  test("kills at steps that touch the disk, one after the other, end with the same bytes", async () => {
    const output = join(folder, `${tier}-steps`);
    const points = [
      ...["journal.write:half@1", "journal.sync:before@2", "journal.write:half@3", "part.write:half@1"],
      ...[
        "part.sync:after@2",
        "journal.write:half@4",
        "part.write:half@3",
        "journal.sync:after@5",
        "part.sync:before@2",
      ],
      ...["part.write:half@5", "publish.rename:after@1", "text.write:half@1", "text.rename:before@3"],
      ...["text.rename:after@5", "journal.write:before@1"],
    ];
    let killed = 0;
    for (const [i, point] of points.entries()) {
      const args = project.toArgs(tier, output, ...OPTIONS[tier], "--workers", String(1 + (i % 3)));
      const ended = await planstream(args, { project: project.root, env: { ...env, PLANSTREAM_CRASH_POINT: point } });
      if (ended.code === null) {
        killed++;
        continue;
      }
      // It came to its end before that point: the points after it cut another run.
      expect(ended).toMatchObject({ code: 0 });
      expect(toBytes(output)).toEqual(reference[tier]);
      rmSync(output, { recursive: true });
    }
    expect(killed).toBeGreaterThan(11);
    expect(await run(tier, output)).toMatchObject({ code: 0 });
    expect(toBytes(output)).toEqual(reference[tier]);
    expect(readdirSync(join(output, ".run", "ranks"))).toEqual([]);
  });

  test("kills at random moments end with the same bytes", async () => {
    const output = join(folder, `${tier}-killed`);
    const random = createRandom(tier === "tier2" ? 2 : 3);
    for (let kill = 0; kill < 8; kill++) {
      const args = project.toArgs(tier, output, ...OPTIONS[tier], "--workers", String(random.int(1, 3)));
      const started = startPlanstream(args, { project: project.root, env });
      await sleep(random.int(300, 2_500));
      started.kill("SIGKILL");
      await started.ended;
    }
    expect(await run(tier, output)).toMatchObject({ code: 0 });
    expect(toBytes(output)).toEqual(reference[tier]);
  });

  test("verify makes every record again", async () => {
    const ended = await verify(join(folder, tier));
    expect(ended).toMatchObject({ code: 0 });
    const { samples } = readManifest(join(folder, tier)).totals;
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, samples, findings: [], notes: [] });
  });

  test("the same command leaves a finished folder alone", async () => {
    const ended = await run(tier, join(folder, tier));
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toContain("Nothing to do");
    expect(toBytes(join(folder, tier))).toEqual(reference[tier]);
  });

  test("every parent is accounted for, and no parent's plan is in two splits", () => {
    const { totals, mutations } = readManifest(join(folder, tier));
    const parents = readManifest(project.tier1).totals.samples;
    expect(totals.rows_read).toBe(parents);
    expect(totals.rows_read + totals.added).toBe(totals.samples + totals.dropped + totals.quarantined);
    expect(mutations?.input.samples).toBe(parents);
    const splits = new Map<string, string>();
    for (const record of readRecords(join(folder, tier))) {
      const { parent_hash } = record.schema === "pair/1" ? (record.negatives[0]?.mutation ?? {}) : record;
      const known = splits.get(parent_hash as string) ?? record.split;
      expect(record.split).toBe(known);
      splits.set(parent_hash as string, known);
    }
    expect(new Set(splits.values()).size).toBeGreaterThan(1);
  });
});

describe("the shares", () => {
  test("of tier2 are equal to the last one, and no target is filled up from another mutator", () => {
    const { settings, mutations: { shares } = {} } = readManifest(join(folder, "tier2"));
    expect(settings).toMatchObject({ insert_sources: true });
    // 402 by four is 100 and two over.
    expect(shares).toEqual({
      exfiltration_pivot: 100,
      instruction_shadowing: 100,
      provenance_rug_pull: 100,
      scope_blowup: 100,
    });
    const found: Record<string, number> = {};
    for (const record of readRecords(join(folder, "tier2"))) {
      for (const { mutation } of (record as Pair).negatives)
        found[mutation.mutator] = (found[mutation.mutator] ?? 0) + 1;
    }
    expect(found).toEqual(shares);
  });

  test("of tier3 are in the ratio", () => {
    expect(readManifest(join(folder, "tier3")).mutations?.shares).toMatchObject({
      numeric_edge: 40,
      numeric_near: 40,
      temporal_overflow: 30,
      access_boundary: 30,
      approval_bypass: 30,
      sensitivity_creep: 0,
    });
  });

  test("by --ratio are others, and a shortage lowers all of them", async () => {
    const output = join(folder, "ratio");
    const ended = await planstream(
      project.toArgs(
        ...(["tier2", output, "--target", "100000", "--ratio", "scope=60,hierarchy=40"] as const),
        ...["--variants-max", "2", "--no-insert-sources"],
      ),
      { project: project.root, env },
    );
    expect(ended).toMatchObject({ code: 0 });
    const { shares, shortage, lanes, applicability } = readManifest(output).mutations ?? {};
    for (const { all } of Object.values(applicability ?? {})) expect(all.own).toBe(all.verified);
    const available = Object.entries(lanes ?? {}).reduce(
      (sum, [lane, { verified }]) => sum + (lane.startsWith("instruction_shadowing/") ? verified : 0),
      0,
    );
    expect(shortage).toEqual({ mutator: "instruction_shadowing", available, wanted: 40_000 });
    const unit = Math.floor(available / 2);
    expect(shares).toMatchObject({ scope_blowup: 3 * unit, instruction_shadowing: 2 * unit, exfiltration_pivot: 0 });
    expect(ended.stdout).toContain("All shares are as large as that of instruction_shadowing lets them be");
  });

  test("another seed draws others of the same number", async () => {
    const output = join(folder, "seed");
    const args = project.toArgs("tier2", output, "--target", "402", "--seed", "6");
    expect(await planstream(args, { project: project.root, env })).toMatchObject({ code: 0 });
    expect(readManifest(output).mutations?.shares).toEqual(readManifest(join(folder, "tier2")).mutations?.shares);
    expect(toBytes(output)).not.toEqual(reference.tier2);
  });
});

test("each negative stands above its parent in the term that is meant, by the energy of the files", () => {
  for (const pair of readRecords(join(folder, "tier2")) as Pair[]) {
    const judged = judgeRecord(pair as never);
    expect(judged.filter(({ recorded }) => recorded)).toEqual([]);
    const parent = judged.find(({ kind }) => kind === "parent");
    for (const { kind, target, energy } of judged) {
      if (kind !== "negative" || !target || !parent) continue;
      expect(energy[target] - parent.energy[target]).toBeGreaterThanOrEqual(2 - 1e-6);
      expect(energy.composite - parent.energy.composite).toBeGreaterThanOrEqual(2 - 1e-6);
    }
  }
});

describe("what was changed is found", () => {
  const change = async <Line extends Pair | BoundaryCase>(tier: "tier2" | "tier3", edit: (line: Line) => void) => {
    const output = join(folder, "changed");
    rmSync(output, { recursive: true, force: true });
    cpSync(join(folder, tier), output, { recursive: true });
    const [name = ""] = readdirSync(join(output, "parts"));
    const path = join(output, "parts", name);
    const lines = readFileSync(path, "utf8").split("\n");
    const record = JSON.parse(lines[0] as string);
    edit(record);
    writeFileSync(path, [JSON.stringify(record), ...lines.slice(1)].join("\n"));
    const ended = await verify(output);
    expect(ended.code).toBe(6);
    return (JSON.parse(ended.stdout).findings as { what: string }[]).map(({ what }) => what).join("\n");
  };

  test("a plan that is not what its operations make", async () => {
    const found = await change<Pair>("tier2", ({ negatives }) => {
      (negatives[0]?.plan.nodes[0] as { scope_volume: number }).scope_volume += 7;
    });
    expect(found).toMatch(/negatives\[0\]\.plan_hash is/);
    expect(found).toMatch(/its energy is|operations give another plan/);
  });

  test("another split", async () => {
    const found = await change<Pair>("tier2", (pair) => {
      pair.split = pair.split === "test" ? "train" : "test";
    });
    expect(found).toMatch(/split is "(test|train)", expected/);
    expect(found).toMatch(/lines by split/);
  });

  test("a candidate that was not drawn", async () => {
    const found = await change<Pair>("tier2", ({ negatives }) => {
      (negatives[0] as Pair["negatives"][number]).mutation.variant += 1;
    });
    expect(found).toMatch(/rank_hash is/);
  });

  test("a violation that breaks no rule", async () => {
    const found = await change<BoundaryCase>("tier3", (record) => {
      record.violation.plan = record.compliant_twin.plan;
      record.violation.plan_hash = record.compliant_twin.plan_hash;
    });
    expect(found).toMatch(/the violation breaks 0 rules/);
  });
});

test("a file that is dropped in is a mutator, and the others go on without it where the ratio leaves it out", async () => {
  const dropped = join(project.root, "transforms", "mutations", "longer-lists.ts");
  writeFileSync(dropped, LONGER_LISTS);
  try {
    const output = join(folder, "dropped");
    const args = project.toArgs("tier2", output, "--target", "60", "--ratio", "longer=2,flow=1");
    expect(await planstream(args, { project: project.root, env })).toMatchObject({ code: 0 });
    const { mutations } = readManifest(output);
    expect(mutations?.shares).toMatchObject({ longer_lists: 40, exfiltration_pivot: 20, scope_blowup: 0 });
    expect(mutations?.lanes["longer_lists/ask_more"]).toMatchObject({ taken: 40 });
    // Orders are listed in four plans of twelve, and pages searched in one more that lists none beside.
    expect(mutations?.applicability.longer_lists?.all.parents).toBe(mutations?.input.samples);
    expect(await verify(output)).toMatchObject({ code: 0 });
  } finally {
    rmSync(dropped);
  }
});

/** Asks for many more orders than the request needs. */
const LONGER_LISTS = `import { defineMutation, notApplicable } from "#contract";

export default defineMutation({
  version: 1,
  target: "E_scope",
  mayChange: { nodesAdded: 0, edgesAdded: 0, nodesChanged: 1, argumentsChanged: 1, tiersChanged: 0 },
  operators: {
    ask_more({ calls, random }) {
      const node = calls.findIndex((call) => call.node.tool_name === "list_orders");
      const limit = calls[node]?.node.arguments.limit;
      if (typeof limit !== "number") return notApplicable("no_orders");
      const times = 8 + random.integer(40);
      const ask = (value) => [{ kind: "argument", node, name: "limit", value }];
      return { negative: ask(limit * times), decoy: ask(limit * times + 1), needsOwnScope: true, params: { times } };
    },
  },
});
`;

describe("a run is refused", () => {
  const refused = async (args: string[], cwd = project.root) => planstream(args, { project: cwd, env });

  test("where the input is not whole", async () => {
    const input = join(folder, "damaged");
    cpSync(project.tier1, input, { recursive: true });
    appendFileSync(join(input, "parts", readdirSync(join(input, "parts"))[0] as string), "\n");
    const output = join(folder, "of-damaged");
    const ended = await refused(["tier2", "--from", input, "--output", output, "--target", "4"]);
    expect(ended.code).toBe(6);
    expect(ended.stderr).toContain("is not the part that");
    expect(existsSync(output)).toBe(false);
  });

  test("where the input is no finished tier1", async () => {
    const ended = await refused([
      "tier2",
      "--from",
      join(folder, "tier3"),
      "--output",
      join(folder, "no"),
      "--target",
      "4",
    ]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("holds tier3; parents are samples of tier1");
  });

  test("with other settings, which are named", async () => {
    const ended = await run("tier2", join(folder, "tier2"), "--variants-max", "3");
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("variants_max was 8, now 3");
  });
});

function readRecords(output: string): (Pair | BoundaryCase)[] {
  return readdirSync(join(output, "parts"))
    .sort()
    .flatMap((name) =>
      readFileSync(join(output, "parts", name), "utf8")
        .trimEnd()
        .split("\n"),
    )
    .map((line) => JSON.parse(line));
}

function toSha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

import { appendFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addAudit } from "../../../src/cli/audit.ts";
import { EXIT } from "../../../src/cli/exit-codes.ts";
import { DamageError, DefinitionError } from "../../../src/contract/index.ts";
import { type AuditReport, auditFolder, MIXED } from "../../../src/run/audit/audit-folder.ts";
import { FIGURES } from "../../../src/run/audit/measure.ts";
import { runCommand } from "../../support/run-command.ts";
import { makeFolder } from "../../support/small-project.ts";
import { ANCESTOR_MAKERS, FAIR_MAKERS, spoil } from "./_makers.ts";
import { makePair, type PairMaker, writeParts } from "./_pairs.ts";

type Makers = Readonly<Record<string, PairMaker>>;

/** Fewer are too few to pass. */
const PARENTS = 1600;
const FAMILIES = Object.keys(FAIR_MAKERS).sort();

function makePairs(makers: Makers, count = PARENTS) {
  return Array.from({ length: count }, (_, number) => makePair(number, makers));
}

function write(records: readonly object[], recordsPerPart?: number): string {
  const folder = makeFolder();
  writeParts(folder, records, recordsPerPart);
  return folder;
}

const toEntry = ({ gate }: AuditReport, subject: string) => {
  const entry = gate.find((one) => one.subject === subject);
  if (!entry) throw new Error(`no entry for ${subject}`);
  return entry;
};
const toAgainstParents = ({ information }: AuditReport, subject: string) =>
  information.find((entry) => entry.subject === subject && entry.against === "parents")?.figures;

describe("mutations that are made on both sides of what is allowed", () => {
  it("pass, though they can be told from their parents", async () => {
    const report = await auditFolder(write(makePairs(FAIR_MAKERS)));
    expect(report.gate.map(({ subject, verdict }) => [subject, verdict])).toEqual(
      [MIXED, ...FAMILIES].map((subject) => [subject, "pass"]),
    );
    expect(report).toMatchObject({ tier: "tier2", verdict: "pass", records: PARENTS, energies_that_differ: 0 });
    for (const { oracle, tokens } of report.gate) {
      expect([oracle.auc, tokens.count]).toEqual([1, 0]);
      expect(oracle.margin).toBeGreaterThan(2);
    }
    expect(toAgainstParents(report, "provenance_rug_pull")?.full?.auc).toBe(1);
    expect(toAgainstParents(report, "instruction_shadowing")?.masked?.auc).toBe(1);
    const operators = report.information.filter(({ subject }) => subject.includes("/"));
    expect(operators.map(({ subject }) => subject)).toEqual([
      "exfiltration_pivot/add_cc",
      "exfiltration_pivot/rebind_recipient",
    ]);
  });

  it("fail if one negative in twenty says a word that nobody else says, and the word is named", async () => {
    let number = 0;
    const makers = spoil((plan) => {
      const node = plan.nodes[0];
      if (node && number++ % 20 === 0) node.arguments = { ...node.arguments, note: "overseas" };
    });
    const report = await auditFolder(write(makePairs(makers, 500)));
    const { tokens } = toEntry(report, MIXED);
    expect(report.verdict).toBe("fail");
    expect(tokens.verdict).toBe("fail");
    expect(tokens.listed).toContainEqual({ name: "note overseas", hostile: 0.05, permitted: 0, lift: 250 });
  });

  it("fail if the energies do not follow from the plans", async () => {
    const [first, ...others] = makePairs(FAIR_MAKERS, 60);
    const energy = { ...first?.positive.energy, composite: 99 };
    const records = [{ ...first, positive: { ...first?.positive, energy } }, ...others];
    const report = await auditFolder(write(records));
    expect([report.verdict, report.energies_that_differ]).toEqual(["fail", 1]);
  });

  it("fail if a decoy's context forgets to grant what it does: then no oracle tells it from a negative", async () => {
    const { exfiltration_pivot } = FAIR_MAKERS as { exfiltration_pivot: PairMaker };
    const forgetful: PairMaker = (copy, random) => {
      const made = exfiltration_pivot(copy, random);
      return made.decoy ? { ...made, decoy: { ...made.decoy, patch: {} } } : made;
    };
    const report = await auditFolder(write(makePairs({ forgetful }, 400)));
    const { oracle } = toEntry(report, "forgetful");
    expect(oracle.verdict).toBe("fail");
    // Above the parents, even with the decoys.
    expect(oracle.auc).toBeCloseTo(0.75, 2);
    expect(report.verdict).toBe("fail");
  });
});

describe("mutations as the ancestor made them", () => {
  it("fail, every one, with what gives them away", async () => {
    const report = await auditFolder(write(makePairs(ANCESTOR_MAKERS, 400)));
    expect(report.verdict).toBe("fail");
    expect(report.gate.map(({ subject, verdict }) => [subject, verdict])).toEqual(
      [MIXED, ...FAMILIES].map((subject) => [subject, "fail"]),
    );
    for (const family of FAMILIES) {
      expect(toEntry(report, family).figures.full).toMatchObject({ auc: 1, verdict: "fail" });
      expect(toEntry(report, family).tokens.verdict).toBe("fail");
    }
    const { masked, structure } = toEntry(report, "exfiltration_pivot").figures;
    expect([masked.auc, structure.auc]).toEqual([1, 1]);
    expect(masked.evidence).toContainEqual({ name: "tool webhook_post", hostile: 1, permitted: 0 });
    const names = toEntry(report, "provenance_rug_pull").tokens.listed.map(({ name }) => name);
    expect(names).toContain("provenance_tier 3");
  });

  it("fail in a small folder, too, where what is well made is too small to judge", async () => {
    const ancestor = await auditFolder(write(makePairs(ANCESTOR_MAKERS, 300)));
    expect(ancestor.verdict).toBe("fail");
    const fair = await auditFolder(write(makePairs(FAIR_MAKERS, 300)));
    expect(fair.verdict).toBe("undecided");
  });
});

describe("a report", () => {
  it("is the same whatever the order of records and parts", async () => {
    const records = makePairs(FAIR_MAKERS, 200);
    const straight = await auditFolder(write(records), { plansMax: 80 });
    const turned = await auditFolder(write(records.toReversed(), 45), { plansMax: 80 });
    expect(turned).toEqual(straight);
    expect(straight.gate.map(({ hostile }) => hostile)).toEqual([320, 80, 80, 80, 80]);
  });

  it("draws the same plans whether a line is skipped by its bytes or read", async () => {
    const records = makePairs(FAIR_MAKERS, 200);
    const plain = await auditFolder(write(records), { plansMax: 60 });
    // With a space after each colon no line says by its bytes what it holds, so each is read.
    const spaced = makeFolder();
    mkdirSync(join(spaced, "parts"));
    const text = records.map((record) => `${JSON.stringify(record, undefined, 1).replaceAll("\n", "")}\n`).join("");
    appendFileSync(join(spaced, "parts", "a-00000.jsonl"), text);
    expect(await auditFolder(spaced, { plansMax: 60 })).toEqual(plain);
  });

  it("compares a negative without a decoy with its parent", async () => {
    const { exfiltration_pivot } = FAIR_MAKERS as { exfiltration_pivot: PairMaker };
    const records = makePairs({ exfiltration_pivot }, 400).map((pair, at) =>
      at % 2 === 0 ? pair : { ...pair, extra_positives: [] },
    );
    const [entry] = (await auditFolder(write(records))).gate;
    expect([entry?.hostile, entry?.permitted]).toEqual([400, 400]);
  });
});

describe("planstream audit", () => {
  const audit = (...args: string[]) => runCommand(addAudit, ["audit", ...args]);

  it("exits with 5 and says why where the gate fails, with 0 where nothing does", async () => {
    const ancestor = write(makePairs(ANCESTOR_MAKERS, 300));
    const failed = await audit(ancestor);
    expect(failed.exitCode).toBe(EXIT.someFailed);
    expect(failed.stdout).toContain("exfiltration_pivot, masked: told apart by");
    expect(failed.stdout).toMatch(/tool webhook_post +100\.0 % +0\.0 %/);
    expect(failed.stdout).toMatch(/^failed: mixed, exfiltration_pivot/m);
    const fair = await audit(write(makePairs(FAIR_MAKERS, 300)));
    expect(fair.exitCode).toBe(EXIT.done);
    expect(fair.stdout).toMatch(/^too small to judge: mixed/m);
  });

  it("gives the report as one line of JSON", async () => {
    const folder = write(makePairs(FAIR_MAKERS, 100));
    const { stdout } = await audit(folder, "--json", "--pairs", "50");
    const report = JSON.parse(stdout);
    expect(report).toEqual({ schema: "planstream/audit/1", ...(await auditFolder(folder, { plansMax: 50 })) });
    expect(Object.keys(report.gate[0].figures)).toEqual([...FIGURES]);
    expect(readdirSync(folder)).toEqual(["parts"]);
  });

  it("names the line that it can't read", async () => {
    const folder = write(makePairs(FAIR_MAKERS, 3));
    const part = join(folder, "parts", "trial-made-00000.jsonl");
    appendFileSync(part, '{"schema":"pair/1"}\n');
    await expect(audit(folder)).rejects.toThrow(/trial-made-00000\.jsonl line 4 is no pair\/1/);
    await expect(audit(folder)).rejects.toThrow(DamageError);
    expect(readFileSync(part, "utf8").split("\n")).toHaveLength(5);
  });

  it("names the line with a decoy whose context can't be made out", async () => {
    const [first, second] = makePairs(FAIR_MAKERS, 2);
    const [decoy, ...decoys] = second?.extra_positives ?? [];
    const folder = write([
      first as object,
      { ...second, extra_positives: [{ ...decoy, context_patch: { grants: 3 } }, ...decoys] },
    ]);
    await expect(auditFolder(folder)).rejects.toThrow(/line 2 .*context patch: grants = 3 is no patch/);
    await expect(auditFolder(folder)).rejects.toThrow(DamageError);
  });

  it("refuses a folder without parts, and a count that is none", async () => {
    await expect(audit(makeFolder())).rejects.toThrow(DefinitionError);
    await expect(audit(makeFolder())).rejects.toThrow(/has no parts/);
    await expect(audit(makeFolder(), "--pairs", "0")).rejects.toThrow(/Expected a whole number/);
  });
});

import { describe, expect, test } from "vitest";
import { toReportText } from "../../src/cli/verify.ts";
import type { VerifyReport } from "../../src/run/verify/verify-folder.ts";

const report: VerifyReport = {
  ...{ ok: true, tier: "tier1", samples: 1200, mutations: 0, nodes: 3400, parts: 2 },
  ...{ findings: [], findingsCount: 0, unchecked: [], notes: [] },
};

describe("a sound folder is told of in the words of its tier", () => {
  test.each<[Partial<VerifyReport>, string]>([
    [{}, "verified: 1,200 samples, 3,400 nodes, 2 parts, all hashes match\n"],
    [
      { tier: "tier2", mutations: 4000 },
      "verified: 4,000 negatives with their decoys in 1,200 records, 3,400 nodes of negatives, 2 parts, all hashes match\n",
    ],
    [
      { tier: "tier3", mutations: 1200 },
      "verified: 1,200 violations with their twins in 1,200 records, 3,400 nodes of violations, 2 parts, all hashes match\n",
    ],
  ])("%o", (changed, text) => {
    expect(toReportText({ ...report, ...changed }, false)).toBe(text);
  });
});

test("a damaged one, too", () => {
  const damaged = { ...report, tier: "tier2" as const, mutations: 3, findingsCount: 1 };
  const findings = [{ file: "parts/a.jsonl", line: 7, what: "it is gone" }];
  expect(toReportText({ ...damaged, findings }, false)).toBe(
    "parts/a.jsonl line 7: it is gone\n" +
      "damaged: 1 finding in 3 negatives with their decoys in 1,200 records, 3,400 nodes of negatives, 2 parts\n",
  );
});

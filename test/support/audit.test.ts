import { describe, expect, it } from "vitest";
import { toVerdict } from "./audit.ts";

const toAnswer = (critical: number, vulnerabilities: Record<string, unknown>, code = critical > 0 ? 1 : 0) => ({
  code,
  stdout: JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities,
    metadata: { vulnerabilities: { info: 0, low: 1, moderate: 0, high: 1, critical, total: critical + 2 } },
  }),
});

const leaky = {
  name: "leaky",
  severity: "critical",
  via: [
    { title: "Runs what it reads", url: "https://advisories.example/1", severity: "critical" },
    { title: "Is slow", url: "https://advisories.example/2", severity: "low" },
  ],
};

describe("npm audit", () => {
  it("fails for a critical advisory, and names it", () => {
    const wrapper = { name: "wrapper", severity: "critical", via: ["leaky"] };
    const slow = { name: "slow", severity: "high", via: [] };
    expect(toVerdict(toAnswer(2, { leaky, wrapper, slow }))).toEqual({
      ok: false,
      line: "npm audit: 2 critical: leaky: Runs what it reads (https://advisories.example/1); wrapper: through leaky. Raise the version in package.json.",
    });
  });

  it("passes without one, and says how many lesser ones there are", () => {
    const verdict = toVerdict(toAnswer(0, { slow: { name: "slow", severity: "high", via: [] } }));
    expect(verdict).toEqual({ ok: true, line: "npm audit: no known critical advisory (2 of lesser severity)" });
  });

  it.each([
    [
      "a mirror that refuses it",
      1,
      '{"message":"405 Method Not Allowed - POST https://mirror.example/x","statusCode":405}',
      "405 Method Not Allowed - POST",
    ],
    ["a registry that is not there", 1, '{"error":{"code":"ENOTFOUND","summary":"request failed"}}', "request failed"],
    ["no JSON", 1, "<html>", "no audit in its answer"],
    ["nothing", 1, "", "no audit in its answer"],
    ["JSON of something else", 0, "[]", "no audit in its answer"],
  ])("is skipped, in one line, for %s", (_, code, stdout, why) => {
    expect(toVerdict({ code, stdout })).toEqual({
      ok: true,
      line: `npm audit: skipped, the registry does not answer it (${why})`,
    });
  });

  it("is skipped if the registry takes too long", () => {
    expect(toVerdict({ code: null, stdout: "" })).toEqual({
      ok: true,
      line: "npm audit: skipped, the registry did not answer in 30 s",
    });
  });
});

import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { formatTable } from "../../src/cli/format.ts";
import { addReport } from "../../src/cli/report.ts";
import { shorten, toPrintable } from "../../src/contract/printable.ts";
import { toReportPage } from "../../src/sink/report-page.ts";
import { HOSTILE_TEXTS, hostileText, makeManifest, manifestTexts } from "../support/hostile-texts.ts";
import { runCommand } from "../support/run-command.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { makeFolder, makeProject, toLines, writeDatasetFiles } from "../support/small-project.ts";

const PLAIN = { loader: "trial/rows", dataset: "owner/rows", license: "mit", category: "c" };
const TEXTS = { ...PLAIN, tool: "t", code: "bad_row", reason: "why" };

function toPage(texts: Parameters<typeof makeManifest>[0], example = "an example"): string {
  const examples = new Map([[texts.loader, new Map([[texts.code, example]])]]);
  return toReportPage(makeManifest(texts), examples);
}

/** The tags of a page, in order. */
const toTags = (page: string): string[] => page.match(/<[^>]*>/g) ?? [];

/** The texts between the tags, as a browser reads them. */
const toTexts = (page: string): string[] =>
  page
    .replace(/<style>[^<]*<\/style>/, "")
    .split(/<[^>]*>/)
    .map((text) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))));

describe("the page", () => {
  it("has the same tags whatever the texts are, and shows every one of them", () => {
    const tags = toTags(toPage(TEXTS));
    const property = fc.property(manifestTexts(), hostileText(), (texts, example) => {
      const page = toPage(texts, example);
      expect(toTags(page)).toEqual(tags);
      const shown = toTexts(page);
      const { category, tool, ...whole } = texts;
      for (const text of Object.values(whole)) expect(shown.join("\n")).toContain(toPrintable(text));
      expect(shown).toContain(toPrintable(shorten(category, 80)));
      expect(shown).toContain(toPrintable(shorten(tool, 80)));
      expect(shown).toContain(toPrintable(shorten(example, 300)));
    });
    const examples = HOSTILE_TEXTS.map((text): [typeof TEXTS, string] => [
      { ...TEXTS, tool: text, reason: text },
      text,
    ]);
    fc.assert(property, { seed: 51, numRuns: 300, examples });
  });

  it("runs nothing and loads nothing: no script, no address, and a policy that allows its own style alone", () => {
    const page = toPage(TEXTS);
    const names = new Set(toTags(page).map((tag) => /^<[/!]?([a-z0-9]+)/.exec(tag)?.[1]));
    for (const name of ["script", "link", "img", "iframe", "a", "form", "object", "base"])
      expect(names).not.toContain(name);
    expect(page).not.toMatch(/https?:|\bsrc=|\bhref=|\burl\(|@import|\son\w+=|\sstyle=/i);
    const [, style = ""] = /<style>([^<]*)<\/style>/.exec(page) ?? [];
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash("sha256", style, "base64")}'; base-uri 'none'; form-action 'none'`,
    );
    // The policy counts from where it stands: before the style.
    expect(page.indexOf("Content-Security-Policy")).toBeLessThan(page.indexOf("<style>"));
    expect(style).toMatch(/prefers-color-scheme: dark/);
    expect(style).toMatch(/@media print/);
  });

  it("closes every tag that it opens, in order", () => {
    const open: string[] = [];
    const empty = ["meta", "br", "rect", "!doctype"];
    for (const tag of toTags(toPage(TEXTS))) {
      const [, slash, name = ""] = /^<(\/?)(!?[a-z0-9]+)/.exec(tag) ?? [];
      if (empty.includes(name)) continue;
      if (slash === "/") expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  it("says what was left out and why, with an example, and cuts what is long", () => {
    const page = toPage(TEXTS, `ask: ${"x".repeat(1_000)}`);
    const row = page.split("\n").find((line) => line.includes("<td>quarantined</td>")) as string;
    expect(toTexts(row).filter(Boolean)).toEqual([
      "trial/rows",
      "quarantined",
      "bad_row",
      "2",
      `ask: ${"x".repeat(295)}…`,
    ]);
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`tool_${i}`, i + 1]));
    const manifest = makeManifest(TEXTS);
    const texts = toTexts(
      toReportPage({ ...manifest, distributions: { ...manifest.distributions, tools: many } }, new Map()),
    );
    expect(texts.filter((text) => text.startsWith("tool_"))).toHaveLength(25);
    expect(texts).toContain("and 15 more");
    expect(texts.indexOf("tool_39")).toBeLessThan(texts.indexOf("tool_38"));
  });
});

const LOADER = `import { z } from "zod";
import { defineLoader, drop } from "#contract";
export default defineLoader({
  dataset: "owner/rows", files: "*.jsonl", license: "mit <b>", category: "test", row: z.object({ tool: z.string() }),
  toDraft: ({ tool }) => tool === "" ? drop("no_tool") : { nodes: [{ tool, arguments: {} }] },
});
`;

async function makeRun(): Promise<string> {
  const [hub, folder] = [makeFolder(), join(makeFolder(), "run")];
  const rows = [{ tool: "<i>\u001b[1m" }, { tool: "search" }, { tool: "" }, { tool: { "<u>": 1 } }];
  writeDatasetFiles(hub, "owner/rows", { "rows.jsonl": toLines(rows) });
  await runInProcess(makeProject({ "trial/rows.ts": LOADER }), hub, folder);
  return folder;
}

it("a line end in a cell breaks no table", () => {
  expect(formatTable([["tool\n  faked  1", "2"]])).toBe("tool\\n  faked  1  2\n");
});

describe("a run", () => {
  it("leaves the page in its folder, with the manifest's word for it", async () => {
    const folder = await makeRun();
    const page = readFileSync(join(folder, "report.html"), "utf8");
    const { report } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    expect(report).toEqual({
      path: "report.html",
      bytes: Buffer.byteLength(page),
      sha256: hash("sha256", page, "hex"),
    });
    const texts = toTexts(page);
    for (const text of ["<i>\\u001b[1m", "mit <b>", "no_tool", "row_schema"]) expect(texts).toContain(text);
    expect(texts).toContain("tool: expected string, received object");
    expect(toTags(page)).not.toContain("<i>");
  });

  it("is shown in a terminal, and to a program", async () => {
    const folder = await makeRun();
    const { stdout, exitCode } = await runCommand(addReport, ["report", folder]);
    expect(exitCode).toBe(EXIT.done);
    expect(stdout).toMatch(/trial\/rows +ok +4 +2 +1 +1 +no_tool 1, row_schema 1\n/);
    expect(stdout).toMatch(/Nodes by tool\n {2}<i>\\u001b\[1m +1 +50\.0 %\n {2}search +1 +50\.0 %\n/);
    expect(stdout).toContain(`The same as a page: ${join(folder, "report.html")}\n`);
    expect(stdout).not.toContain("\u001b");
    const json = await runCommand(addReport, ["report", folder, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: "planstream/report/1",
      page: join(folder, "report.html"),
      totals: { rows_read: 4, samples: 2, dropped: 1, quarantined: 1 },
      distributions: { tools: { "<i>\u001b[1m": 1, search: 1 } },
      sources: [{ loader: "trial/rows", files: 1 }],
    });
    await expect(runCommand(addReport, ["report", makeFolder()])).rejects.toThrow(/is not a run folder/);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toPrintable } from "../../src/contract/printable.ts";
import { toMarkdownText, toYamlText } from "../../src/sink/card-text.ts";
import { toDatasetCard } from "../../src/sink/dataset-card.ts";
import { HOSTILE_TEXTS, hostileText, makeManifest, manifestTexts } from "../support/hostile-texts.ts";

const PLAIN = { dataset: "owner/rows", license: "mit", category: "c", tool: "t", code: "r", reason: "why" };
const examples = HOSTILE_TEXTS.map((text): [string] => [text]);

describe("the head of a card", () => {
  it("is the same YAML whatever the texts are, but for the dataset's own line", () => {
    const property = fc.property(manifestTexts(), (texts) => {
      const head = toHead(toDatasetCard(makeManifest(texts)));
      const plain = toHead(toDatasetCard(makeManifest({ ...PLAIN, loader: "trial/rows" })));
      expect(head).toHaveLength(plain.length);
      const [own, at] = [head.filter((line, i) => line !== plain[i]), plain.indexOf('- "owner/rows"')];
      expect(plain[at - 1]).toBe("source_datasets:");
      expect(own).toEqual(texts.dataset === PLAIN.dataset ? [] : [head[at]]);
      expect(parseYamlString((head[at] as string).slice("- ".length))).toBe(texts.dataset);
    });
    fc.assert(property, { seed: 41, numRuns: 300 });
  });

  it("reads back as the text it was made of, by the rules of YAML 1.1 and 1.2", () => {
    const property = fc.property(hostileText(), (text) => {
      expect(parseYamlString(toYamlText(text))).toBe(text);
    });
    fc.assert(property, { seed: 42, numRuns: 500, examples });
  });
});

describe("the text of a card", () => {
  it("has one row of five cells a source, whatever the texts are", () => {
    const property = fc.property(manifestTexts(), (texts) => {
      const lines = toDatasetCard(makeManifest(texts)).split("\n");
      const at = lines.indexOf("| loader | dataset | commit | licence | samples |");
      expect(lines.slice(at + 1)).toHaveLength(3); // the rule, the row, and what follows the last line end
      const cells = splitCells(lines[at + 2] as string).map(fromMarkdown);
      const shown = [texts.loader, texts.dataset, "a".repeat(40), texts.license, "2"].map(toShown);
      expect(cells).toEqual(shown);
    });
    fc.assert(property, { seed: 43, numRuns: 300 });
  });

  it("holds nothing that Markdown or HTML would act on", () => {
    const property = fc.property(hostileText(), (text) => {
      const escaped = toMarkdownText(text);
      expect(escaped.replace(/\\[!-/:-@[-`{-~]/g, "")).not.toMatch(
        /[\\|`*_{}[\]<>&~!#^$@:\u0000-\u001f\u007f-\u009f\u2028\u2029]/,
      );
      expect(fromMarkdown(escaped)).toBe(toShown(text));
    });
    fc.assert(property, { seed: 44, numRuns: 500, examples });
  });

  it("leaves what is harmless readable", () => {
    expect(toMarkdownText("ai-safety-institute/AgentHarm 2.0, Zürich")).toBe(
      "ai-safety-institute/AgentHarm 2.0, Zürich",
    );
  });
});

function toHead(card: string): string[] {
  const lines = card.split("\n");
  expect(lines[0]).toBe("---");
  return lines.slice(0, lines.indexOf("---", 1) + 1);
}

/** A double-quoted scalar on one line, read strictly: every character printable for YAML 1.1, every escape one of YAML's. */
function parseYamlString(scalar: string): string {
  expect(scalar).toMatch(/^"([^"\\]|\\.)*"$/);
  // YAML 1.1, section 5.1: anything else ends the reading with an error; NEL, LS, PS would be line breaks.
  expect(scalar).toMatch(/^[\u0009\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ud800-\udfff\ue000-\ufefe\uff00-\ufffd]*$/);
  expect(scalar.isWellFormed()).toBe(true);
  return scalar.slice(1, -1).replace(/\\(u[0-9a-f]{4}|.)/g, (_, code: string) => {
    const known = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", '"': '"', "\\": "\\", "/": "/" }[code];
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (known === undefined) throw new Error(`no escape of YAML: \\${code}`);
    return known;
  });
}

/** Cells of a row of a Markdown table: between bars that no backslash stands before. */
function splitCells(row: string): string[] {
  const cells = row.match(/(?:[^|\\]|\\.)+/g) ?? [];
  return cells.map((cell) => cell.slice(1, -1));
}

function fromMarkdown(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}

function toShown(text: string): string {
  return toPrintable(text.replace(/\s+/g, " "));
}

import fc from "fast-check";
import type { Manifest } from "../../src/schema/manifest.ts";
import { createTally } from "../../src/schema/tally.ts";
import { makeSettings } from "./settings.ts";

/** Texts that a dataset might say in the hope that somebody takes them for markup, for a line or for a command. */
export const HOSTILE_TEXTS = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</style><script>1</script>",
  "]]><!--",
  "-->",
  "&lt;b&gt; &amp; &#60;",
  "[click](javascript:alert(1))",
  "![](https://example.org/x.png)",
  "| a | b |\n|---|---|",
  "`code` **bold** _it_ ~~no~~ $x$ # h",
  "---\nlicense: mit\n---",
  "\n- item: {a: b}",
  "'single' \"double\" \\back",
  "*alias &anchor !tag %dir @at",
  "\u001b[2J\u001b]0;title\u0007",
  "\u009b31m",
  "\u202egnp.exe\u202c",
  "line\u2028separator\u2029",
  "\ufeff\u0000\u007f",
  "lone \ud800 surrogate",
  "__proto__",
  "constructor",
  "",
  "   ",
] as const;

/** Any text, often one of those above, alone or inside another. */
export function hostileText(): fc.Arbitrary<string> {
  const one = fc.constantFrom(...HOSTILE_TEXTS);
  return fc.oneof(
    one,
    fc.string({ unit: "binary" }),
    fc.array(one, { maxLength: 3 }).map((texts) => texts.join("")),
  );
}

/** A manifest in which everything that comes from datasets, rows and loaders is the texts given. */
export function makeManifest(texts: {
  readonly loader: string;
  readonly dataset: string;
  readonly license: string;
  readonly category: string;
  readonly tool: string;
  readonly code: string;
  readonly reason: string;
}): Manifest {
  const { loader, dataset, license, category, tool, code, reason } = texts;
  const counts = (key: string) => Object.fromEntries([[key, 2]]);
  const sha256 = "0".repeat(64);
  const nodes = { provenance_tier: { 1: 1, 3: 1 }, scope_sensitivity: { 1: 2 }, scope_volume: { 1: 2 } };
  return {
    schema: "planstream/manifest/1",
    tier: "tier1",
    seed: 0,
    settings: makeSettings(),
    settings_sha256: sha256,
    sources: [
      {
        loader,
        dataset,
        fallback_for: dataset,
        revision: "a".repeat(40),
        license,
        code_sha256: sha256,
        columns: ["a"],
        files: [{ path: "rows.jsonl", config: "default", split: "train", size: 10, rows: 6, sha256 }],
      },
    ],
    totals: { rows_read: 6, added: 0, samples: 2, dropped: 2, quarantined: 2 },
    loaders: Object.fromEntries([
      [
        loader,
        {
          status: "failed" as const,
          reason,
          ...createTally(),
          rows_read: 6,
          samples: 2,
          dropped: counts(code),
          quarantined: counts(code),
        },
      ],
    ]),
    distributions: {
      track: { trial: 2 },
      category: counts(category),
      ...nodes,
      tools: counts(tool),
      loaders: Object.fromEntries([[loader, nodes]]),
    },
    duplicates: {},
    parts: [{ path: "parts/trial-rows-00000.jsonl", samples: 2, bytes: 100, sha256 }],
    quarantine: [],
    card: { path: "README.md", bytes: 0, sha256 },
    report: { path: "report.html", bytes: 0, sha256 },
    cost: { usd: 0, calls: 0 },
  };
}

/** All the texts of makeManifest. */
export function manifestTexts(): fc.Arbitrary<Parameters<typeof makeManifest>[0]> {
  const text = hostileText();
  const texts = { dataset: text, license: text, category: text, tool: text, code: text, reason: text };
  return fc.record({ loader: text, ...texts });
}

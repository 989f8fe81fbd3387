import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { float64, toParquet, utf8 } from "./parquet-writer.ts";
import { copyProject } from "./project-copy.ts";
import { toLines, writeDatasetFiles } from "./small-project.ts";

// A project whose loaders fail on some rows, the same with the loaders mended, and the datasets they read.

export const toLoader = (
  dataset: string,
  files: string,
  row: string,
  toDraft: string,
  more = "",
) => `import { z } from "zod";
import { defineLoader, drop } from "#contract";

export default defineLoader({
  dataset: "replay/${dataset}",
  files: "${files}",
  license: "mit",
  category: "function_calling",
  ${more}
  row: z.object({ ${row} }),
  toDraft(row) {
    ${toDraft}
  },
});
`;

export const toPlan = (request: string) =>
  `{ request: ${request}, nodes: [{ tool: "look", arguments: { what: ${request} } }] }`;

/** Each loader before and after it was mended. */
const LOADERS: Readonly<Record<string, readonly [before: string, after: string]>> = {
  // Text rows: kept whole, whatever columns are read. Mended, a row becomes two samples, another is dropped.
  lines: [
    toLoader(
      "lines",
      "rows.jsonl",
      "ask: z.string()",
      `if (row.ask.startsWith("two:")) throw new Error("two in one"); return ${toPlan("row.ask")};`,
    ),
    toLoader(
      "lines",
      "rows.jsonl",
      "ask: z.string().nullable(), pad: z.string().optional()",
      `if (row.ask === null) return drop("no_request");
    return row.ask.startsWith("two:") ? [${toPlan('row.ask + " a"')}, ${toPlan('row.ask + " b"')}] : ${toPlan("row.ask")};`,
    ),
  ],
  // Parquet rows: kept as JSON, with numbers that JSON readers like to round.
  table: [
    toLoader(
      "table",
      "rows.parquet",
      "ask: z.string(), size: z.number()",
      `if (row.size > 1e15) throw new Error("too large"); return ${toPlan("row.ask")};`,
    ),
    toLoader(
      "table",
      "rows.parquet",
      "ask: z.string(), size: z.number()",
      `return ${toPlan('row.ask + " of " + row.size')};`,
    ),
  ],
  // Parquet rows of which the mended loader reads another column: they must be read again.
  wider: [
    toLoader("table", "rows.parquet", "ask: z.string().regex(/[0-8]$/)", `return ${toPlan("row.ask")};`),
    toLoader(
      "table",
      "rows.parquet",
      "ask: z.string(), size: z.number()",
      `return ${toPlan('row.ask + " (" + row.size + ")"')};`,
    ),
  ],
  // Rows that another file completes.
  joined: ["throw", "return"].map((word) =>
    toLoader(
      "joined",
      "q_*.jsonl",
      "id: z.string(), ask: z.string(), answer: z.object({ tool: z.string() }).optional()",
      `if (row.answer === undefined) ${word === "throw" ? `throw new Error("no answer")` : `return drop("no_answer")`};
    if (row.ask.endsWith("7") && ${word === "throw"}) throw new Error("seven");
    return { request: row.ask, nodes: [{ tool: row.answer.tool, arguments: {} }] };`,
      `join: {
    file: (path) => \`answers/\${path}\`,
    as: "answer",
    match: (row, others) => { const found = others.findIndex((other) => other.id === row.id); return found === -1 ? undefined : found; },
  },`,
    ),
  ) as [string, string],
  // A row that ends its thread.
  deadly: [
    toLoader(
      "table",
      "rows.parquet",
      "ask: z.string()",
      `if (row.ask === "thing 150") process.exit(3); return ${toPlan("row.ask")};`,
    ),
    toLoader("table", "rows.parquet", "ask: z.string()", `return ${toPlan("row.ask")};`),
  ],
};

export const REPLAY_LOADERS = Object.keys(LOADERS).map((name) => `quartz/${name}`);

/** Puts the project into `folder`, its loaders as they were before they were mended. */
export function makeReplayProject(folder: string): string {
  const files = Object.entries(LOADERS).map(([name, [before]]) => [`loaders/quartz/${name}.ts`, before]);
  return copyProject(folder, Object.fromEntries(files), []);
}

export function mendLoaders(project: string, names: readonly string[] = Object.keys(LOADERS)): void {
  for (const name of names) {
    const [, after] = LOADERS[name] as readonly [string, string];
    writeFileSync(join(project, "loaders", "quartz", `${name}.ts`), after);
  }
}

/** Rows of JSON Lines in two slices: every 50th fails for its schema, every 70th in the loader, and three are no rows at all. */
export const LINE_ROWS = 2_400;

export function writeReplayHub(hub: string): void {
  mkdirSync(hub, { recursive: true });
  const lines = Array.from({ length: LINE_ROWS }, (_, i) => {
    if (i % 50 === 7) return { ask: null, pad: "" };
    return { ask: i % 70 === 3 ? `two: of ${i}` : `one of ${i}`, pad: "x".repeat(1_000) };
  });
  const text = Buffer.from(toLines(lines));
  const torn = Buffer.from('{"ask":"torn\n{"__proto__":{"a":1},"ask":null}\n');
  const notUtf8 = Buffer.from([...Buffer.from('{"ask":"'), 0xff, ...Buffer.from('"}\n')]);
  writeDatasetFiles(hub, "replay/lines", { "rows.jsonl": Buffer.concat([torn, text, notUtf8]) });
  const rows = Array.from({ length: 300 }, (_, i) => ({
    ask: `thing ${i}`,
    size: i % 40 === 9 ? 1e20 + i * 1e6 : i / 8,
  }));
  const table = toParquet({ ask: utf8(), size: float64() }, rows, {
    codec: "SNAPPY",
    dictionary: false,
    rowGroupRows: 100,
  });
  writeDatasetFiles(hub, "replay/table", { "rows.parquet": table });
  const questions = Array.from({ length: 60 }, (_, i) => ({ id: `${i}`, ask: `question ${i}` }));
  const answers = questions.filter((_, i) => i % 20 !== 4).map(({ id }) => ({ id, tool: `tool_${id}` }));
  writeDatasetFiles(hub, "replay/joined", { "q_a.jsonl": toLines(questions), "answers/q_a.jsonl": toLines(answers) });
}

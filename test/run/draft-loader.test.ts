import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DefinitionError, SourceError } from "../../src/contract/index.ts";
import { openHub } from "../../src/hub/open-hub.ts";
import { type DraftLoaderOptions, draftLoader } from "../../src/run/draft-loader/draft-loader.ts";
import type { Reporter } from "../../src/run/reporter.ts";
import { runTier1 } from "../../src/run/tier1.ts";
import { list, struct, toParquet, utf8 } from "../support/parquet-writer.ts";
import { makeSettings } from "../support/settings.ts";
import { type FileContents, makeFolder, makeProject, toLines, writeDatasetFiles } from "../support/small-project.ts";

const CALL = { name: "set_alarm", arguments: { at: "07:15" } };
const TOOLS = [{ name: "set_alarm", description: "Sets an alarm", parameters: { at: { type: "string" } } }];

type Wish = Partial<Omit<DraftLoaderOptions, "wish">> & { wish?: Partial<DraftLoaderOptions["wish"]> };

/** Writes a loader for a dataset of these files, and gives its text with what was found. */
async function draft(files: FileContents, { wish, ...more }: Wish = {}) {
  const folder = makeFolder();
  writeDatasetFiles(folder, "owner/name", files);
  const root = makeProject();
  const drafted = await draftLoader({
    root,
    hub: openHub(folder),
    id: "trial/mine",
    dataset: "owner/name",
    revision: undefined,
    wish: { configs: [], splits: [], glob: undefined, ...wish },
    field: undefined,
    license: undefined,
    category: undefined,
    ...more,
  });
  return { ...drafted, root, folder, text: readFileSync(join(root, drafted.path), "utf8") };
}

describe("draftLoader", () => {
  it("takes calls from a column of their own", async () => {
    const rows = [
      {
        id: 1,
        query: "Wake me at a quarter past seven.",
        answers: JSON.stringify([CALL]),
        tools: JSON.stringify(TOOLS),
      },
      { id: 2, query: "Thank you.", answers: "[]", tools: "[]" },
    ];
    const { text, trial, proposal } = await draft({
      "rows.json": JSON.stringify(rows),
      "README.md": "---\nlanguage: en\nlicense:\n- cc-by-4.0\n---\nlicense: mit",
    });
    expect(proposal).toBe("calls");
    expect(trial).toEqual({ rows: 2, drafts: 1, dropped: { no_tool_calls: 1 }, failed: 0, problem: undefined });
    expect(text).toBe(`import { z } from "zod";
import { defineLoader, drop } from "#contract";
import { toCalls } from "../_calls.ts";

/**
 * owner/name: say in a line what its rows are.
 *
 * A first version, drafted from 2 rows at commit cccccccccccc: check what its comments name. A later row may
 * hold null where these had none, and then goes to quarantine.
 */
export default defineLoader({
  dataset: "owner/name",
  files: "rows.json",
  license: "cc-by-4.0", // as its card says
  category: "function_calling",
  row: z.object({
    query: z.string(),
    answers: z.string(),
    // Not read. To use one, take it in:
    // id: z.number(),
    // tools: z.string(),
  }),

  toDraft({ query, answers }) {
    const nodes = toCalls(answers);
    if (nodes === undefined) return drop("bad_calls");
    if (nodes.length === 0) return drop("no_tool_calls");
    // Check: do the calls depend on each other? Then add \`edges\`.
    return { request: query, nodes };
  },
});
`);
  });

  it("takes nothing for calls that only defines tools", async () => {
    const { proposal, trial } = await draft({ "rows.jsonl": toLines([{ question: "Which tools?", apis: TOOLS }]) });
    expect([proposal, trial.drafts]).toEqual(["question", 1]);
  });

  it("takes calls from structs in parquet, without the padding of their union", async () => {
    const call = struct({ name: utf8(), arguments: struct({ at: utf8(), to: utf8() }) });
    const rows = [
      { task: { goal: "Wake me." }, expected: { actions: [CALL, { name: "write", arguments: { to: "Ann" } }] } },
    ];
    const file = toParquet({ task: struct({ goal: utf8() }), expected: struct({ actions: list(call) }) }, rows);
    const { text, trial, root, path } = await draft({ "data/train-00000-of-00001.parquet": file });
    expect(trial).toMatchObject({ drafts: 1, failed: 0 });
    expect(text).toContain("toCalls(withoutNulls(expected.actions))");
    const { default: loader } = await import(join(root, path));
    const padded = [{ name: "write", arguments: { at: null, to: "Ann" } }];
    expect(loader.toDraft({ task: { goal: "Write." }, expected: { actions: padded } })).toEqual({
      request: "Write.",
      nodes: [{ tool: "write", arguments: { to: "Ann" } }],
    });
  });

  it.each([
    [
      "a member",
      { role: "assistant", content: null, tool_calls: [{ type: "function", function: CALL }] },
      "role",
      "content",
    ],
    [
      "tags in the text",
      { from: "gpt", value: `Sure. <tool_call>\n${JSON.stringify(CALL)}\n</tool_call>` },
      "from",
      "value",
    ],
    ["a turn of its own", { from: "function_call", value: JSON.stringify(CALL) }, "from", "value"],
  ])("takes calls of a conversation from %s", async (_, turn, role, content) => {
    const user = { [role]: role === "role" ? "user" : "human", [content]: "Wake me at a quarter past seven." };
    const rows = [{ messages: [{ [role]: "system", [content]: "Be brief." }, user, turn] }, { messages: [user] }];
    const { proposal, trial, root, path } = await draft({ "rows.jsonl": toLines(rows) });
    expect(proposal).toBe("turns");
    expect(trial).toMatchObject({ drafts: 1, dropped: { no_tool_calls: 1 }, failed: 0 });
    const { default: loader } = await import(join(root, path));
    expect(loader.toDraft(loader.row.parse(rows[0]))).toEqual({
      request: "Wake me at a quarter past seven.",
      nodes: [{ tool: "set_alarm", arguments: { at: "07:15" }, turn: 2 }],
      edges: "turns",
    });
  });

  it("takes names of tools where there are no calls", async () => {
    const rows = [{ prompt: "Wake me.", target_functions: ["look_up", "set_alarm"] }];
    const { proposal, root, path } = await draft({ "rows.jsonl": toLines(rows) });
    expect(proposal).toBe("names");
    const { default: loader } = await import(join(root, path));
    expect(loader.toDraft(rows[0]).nodes.map(({ tool }: { tool: string }) => tool)).toEqual(["look_up", "set_alarm"]);
  });

  it("makes a question of the first words of a user", async () => {
    const chat = [
      { role: "user", content: "How tall is it?" },
      { role: "assistant", content: "Two metres." },
    ];
    const { proposal, root, path } = await draft({ "rows.jsonl": toLines([{ dialog: chat }, { dialog: null }]) });
    expect(proposal).toBe("question");
    const { default: loader } = await import(join(root, path));
    expect(loader.toDraft({ dialog: chat })).toEqual({
      request: "How tall is it?",
      nodes: [{ tool: "answer_question", arguments: { question: "How tall is it?" } }],
    });
    expect(loader.toDraft({ dialog: null })).toMatchObject({ reason: "no_request" });
  });

  it("drops every row where nothing is recognised, and says so", async () => {
    const { proposal, trial } = await draft({ "rows.jsonl": toLines([{ height: 2, width: 3 }]) });
    expect([proposal, trial.dropped]).toEqual(["unmapped", { not_mapped: 1 }]);
  });

  it("finds the list in a file that is one object, or takes the field it is told", async () => {
    const file = JSON.stringify({ version: 1, rows: [{ question: "One?" }] }, null, 1);
    expect((await draft({ "rows.json": file })).text).toContain('  field: "rows",\n');
    const two = JSON.stringify({ rows: [{ question: "One?" }], more: [{ question: "Two?" }] }, null, 1);
    await expect(draft({ "rows.json": two })).rejects.toThrow(/several lists of objects: "rows", "more".*--field/);
    expect((await draft({ "rows.json": two }, { field: "more" })).text).toContain('  field: "more",\n');
  });

  it("copes with column names that code has other uses for", async () => {
    const row = { class: "c", "user question": "One?", "a-b": 1, constructor: "x" };
    const { text, trial, root, path } = await draft({ "rows.jsonl": toLines([row]) });
    expect(trial).toMatchObject({ drafts: 1, failed: 0 });
    expect(text).toContain('toDraft({ "user question": userQuestionColumn }) {');
    const { default: loader } = await import(join(root, path));
    expect(loader.toDraft(row).request).toBe("One?");
  });

  it.each(["\u2028", "\u2029", "\n", "\r"])("runs nothing that a column or a path says behind %j", async (end) => {
    const evil = `x${end}  y: ((globalThis.planstreamRan = true), z.unknown()), //`;
    const { text } = await draft({
      "data/train.jsonl": toLines([{ question: "One?", [evil]: 1 }]),
      [`more/a${end}...(globalThis.planstreamRan = true),/test.jsonl`]: toLines([{ question: "Two?" }]),
    });
    expect(globalThis).not.toHaveProperty("planstreamRan");
    const lines = text.split(/[\r\n\u2028\u2029]/).filter((line) => line.includes("planstreamRan"));
    expect(lines).toEqual([expect.stringMatching(/^ *\/\/ /), expect.stringMatching(/^ *\/\/ /)]);
  });

  it("leaves out configs whose rows have other columns", async () => {
    const files = {
      "a.jsonl": toLines([{ question: "One?", id: 1 }]),
      "b.jsonl": toLines([{ question: "Two?", id: 2, hint: "no" }]),
      "docs.jsonl": toLines([{ title: "How to", body: "…", lines: 1 }]),
    };
    const { text, files: glob } = await draft(files);
    expect(glob).toBe("{config}.jsonl");
    expect(text).toContain('  configs: ["a", "b"],\n  // Not read:\n  //   docs.jsonl\n');
  });

  it("writes a loader that a run can use", async () => {
    const rows = [
      { question: "One?", reply: "1" },
      { question: "", reply: "nothing was asked" },
    ];
    const { root, folder } = await draft({ "main/train.jsonl": toLines(rows), "main/test.jsonl": toLines(rows) });
    const settings = makeSettings({ dedupe: "none", quarantine_max: 0 });
    const ignore = () => {};
    const reporter: Reporter = { started: ignore, progressed: ignore, ended: ignore, note: ignore };
    const { manifest } = await runTier1({
      ...{ root, settings, reporter, workers: 1, fresh: false, update: false },
      output: join(root, "out"),
      hub: openHub(folder),
      signal: new AbortController().signal,
    });
    expect(manifest?.loaders["trial/mine"]).toEqual({
      ...{ status: "ok", rows_read: 2, added: 0, samples: 1, quarantined: {} },
      dropped: { no_request: 1 },
    });
    const sample = JSON.parse(readFileSync(join(root, "out", manifest?.parts[0]?.path ?? ""), "utf8"));
    expect(sample.metadata.source).toMatchObject({ config: "main", split: "train", file: "main/train.jsonl", row: 0 });
  });
});

describe("draftLoader refuses", () => {
  const files = { "rows.jsonl": toLines([{ question: "One?" }]) };

  it("to overwrite a loader", async () => {
    const { root, folder, text, path } = await draft(files);
    const again = draftLoader({
      ...{ root, hub: openHub(folder), id: "trial/mine", dataset: "owner/name", revision: undefined, field: undefined },
      ...{ wish: { configs: [], splits: [], glob: undefined }, license: "mit", category: undefined },
    });
    await expect(again).rejects.toThrow("loaders/trial/mine.ts is there already and stays as it is.");
    expect(readFileSync(join(root, path), "utf8")).toBe(text);
  });

  it.each<[string, FileContents, Wish, RegExp]>([
    [
      "an unknown track",
      files,
      { id: "nowhere/mine" },
      /no track nowhere; there are trial\. To make it, write tracks\/nowhere\.ts/,
    ],
    ["a name that is none", files, { id: "trial/_Mine" }, /expected <track>\/<name>.*such as trial\/my-dataset/],
    ["a file outside of loaders/", files, { id: "trial/../x" }, /is no loader name/],
    ["rows that are no objects", { "rows.json": "[1, 2]" }, {}, /its rows are no objects \(one is a number\)/],
    ["files without rows", { "rows.json": "[]" }, {}, /rows\.json: it has no rows/],
    ["rows that can't be read", { "rows.jsonl": "{}\n".replace("{}", '{"a": 1}x') }, {}, /rows\.jsonl/],
    ["rows without members", { "rows.jsonl": "{}\n{}\n" }, {}, /have no members/],
  ])("%s", async (_, contents, options, message) => {
    const drafting = draft(contents, options);
    await expect(drafting).rejects.toThrow(message);
    await expect(drafting).rejects.toSatisfy(
      (error) => error instanceof DefinitionError || error instanceof SourceError,
    );
  });
});

import { expect, it } from "vitest";
import type { SliceResult } from "../../src/pool/slice-task.ts";
import { runFile } from "../support/poison-slices.ts";

const toLine = (value: unknown) => `${JSON.stringify(value)}\n`;
const ids = ["simple_0", "simple_1", "simple_2"];
const questions = ids
  .map((id) => toLine({ id, question: [[{ role: "user", content: `Ring the bell ${id}.` }]] }))
  .join("");
const answer = (id: string) => toLine({ id, ground_truth: [{ ring_bell: { name: [id] } }] });

it("a row of the other file that can't be read costs the row that it completes, and no other", async () => {
  const answers = `${answer("simple_0")}{"id": "simple_1", "ground_truth\n${answer("simple_2")}`;
  const joined = { key: "answers", path: "possible_answer/rows.json", bytes: Buffer.from(answers) };
  const [result] = await runFile("jasper/bfcl", Buffer.from(questions), (task) => ({ ...task, joined }));
  const { tally, examples } = result as SliceResult;
  expect(tally).toMatchObject({ rows_read: 3, samples: 2, quarantined: { row_schema: 1 } });
  expect(examples.row_schema).toBe("answer: expected object, received null");
});

it("another file that holds no rows costs the rows that it completes", async () => {
  const joined = { key: "a web page", path: "possible_answer/rows.json", bytes: Buffer.from("<html>503</html>") };
  const [outcome] = await runFile("jasper/bfcl", Buffer.from(questions), (task) => ({ ...task, joined }));
  expect(outcome).toMatchObject({ kind: "corrupt", reason: "bad_join" });
  expect(outcome).toMatchObject({ message: expect.stringContaining('possible_answer/rows.json: it begins with "<"') });
});

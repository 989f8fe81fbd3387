import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import lmsys from "../../loaders/topaz/lmsys.ts";
import wildchat from "../../loaders/topaz/wildchat.ts";
import { type Draft, type Drop, isDrop, type JsonValue, type Loader } from "../../src/contract/index.ts";
import { asWritten } from "../support/as-written.ts";
import { SHARED_HUB } from "../support/planstream.ts";
import { readDataset } from "../support/read-dataset.ts";

type Subject = Pick<Loader, "dataset"> & { outcomes(): Promise<(Draft | Drop)[]>; rows(): Promise<JsonValue[]> };

function toSubject<Row extends Loader["row"]>(loader: Loader<Row>): Subject {
  const snapshots = toSnapshots(loader.dataset);
  const [path = ""] = globSync("*/data/train-*.parquet", { cwd: snapshots });
  const rows = () => readDataset(loader as unknown as Loader, snapshots, [path]);
  const at = { config: "default", split: "train", file: path, row: 0 };
  return {
    dataset: loader.dataset,
    rows,
    outcomes: async () =>
      (await rows()).map((row) => asWritten(loader.toDraft(loader.row.parse(row), at) as Draft | Drop)),
  };
}

function toSnapshots(dataset: string): string {
  return join(SHARED_HUB, `datasets--${dataset.replace("/", "--")}`, "snapshots");
}

const isAbsent = [lmsys, wildchat].some(({ dataset }) => !existsSync(toSnapshots(dataset)));
if (isAbsent) console.warn("Skipped: rows of topaz's datasets are expected in ../shared/hub.");

describe.skipIf(isAbsent).each([toSubject(lmsys), toSubject(wildchat)])("rows of $dataset", ({ outcomes }) => {
  it("give a question, two actions of one turn, and drops for small talk and what is flagged", async () => {
    const all = await outcomes();
    const booked = [
      ["book_restaurant", 0],
      ["send_email", 0],
    ];
    expect(all.map((one) => (isDrop(one) ? one.reason : one.nodes.map(({ tool, turn }) => [tool, turn])))).toEqual([
      [["answer_question", 0]],
      booked,
      "no_actionable_intent",
      "flagged",
    ]);
    const booking = all[1] as Draft;
    expect(booking).toMatchObject({ edges: "turns", language: "en" });
    expect(booking.nodes.map((node) => node.arguments)).toEqual([
      { restaurant: "table", location: "an Italian place", date: "tomorrow", time: "7pm", party_size: 4 },
      { message: "the details", recipient: "NAME_1" },
    ]);
  });
});

it.skipIf(isAbsent)("nothing that identifies a person is among what is read of WildChat", async () => {
  const rows = await toSubject(wildchat).rows();
  expect(Object.keys(rows[0] as object).sort()).toEqual([
    ...["conversation", "language", "model", "openai_moderation", "toxic", "turn"],
  ]);
  expect(JSON.stringify(rows)).not.toMatch(/hashed_ip|header|user-agent|"state"|country|timestamp/);
});

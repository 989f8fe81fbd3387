import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, planstream } from "./planstream.ts";
import { copyProject } from "./project-copy.ts";
import { toLines, writeDatasetFiles } from "./small-project.ts";

/** A project with two small loaders, and the finished Tier I folder that they gave. */
export type TierProject = {
  readonly root: string;
  readonly tier1: string;
  /** The arguments of a run of another tier into `output`. */
  toArgs(tier: "tier2" | "tier3", output: string, ...more: string[]): string[];
};

/** Bytes of a slice and of a full part in the project: a run of a few hundred parents passes all that a run can do. */
const SLICE_BYTES = 48 * 1024;
const PART_BYTES = 64 * 1024;
/** Rows of each of the two loaders. */
const ROWS = 160;

/** Makes the project and its Tier I below `folder`. `files` are put beside its own, by path. */
export async function makeTierProject(
  folder: string,
  files: Readonly<Record<string, string>> = {},
): Promise<TierProject> {
  const root = copyProject(
    join(folder, "project"),
    {
      ...shrink("src/run/output-writer.ts", /PART_BYTES_MAX = [^;]+;/, `PART_BYTES_MAX = ${PART_BYTES};`),
      ...shrink("src/formats/limits.ts", /PARENTS_SLICE_BYTES = [^;]+;/, `PARENTS_SLICE_BYTES = ${SLICE_BYTES};`),
      "loaders/quartz/office.ts": OFFICE,
      "loaders/opal/desk.ts": OFFICE.replace("try/office", "try/desk"),
      ...files,
    },
    ["quartz/office", "opal/desk"],
  );
  const hub = join(folder, "hub");
  mkdirSync(hub, { recursive: true });
  for (const name of ["office", "desk"]) {
    const rows = Array.from({ length: ROWS }, (_, row) => ({ number: row, house: name }));
    writeDatasetFiles(hub, `try/${name}`, { "0.jsonl": toLines(rows) });
  }
  const tier1 = join(folder, "tier1");
  const ended = await planstream(["tier1", "--hub", hub, "--output", tier1], { project: root });
  if (ended.code !== 0) throw new Error(`tier1 ended with ${ended.code}: ${ended.stderr}`);
  return { root, tier1, toArgs: (tier, output, ...more) => [tier, "--from", tier1, "--output", output, ...more] };
}

function shrink(path: string, what: RegExp, by: string): Record<string, string> {
  const text = readFileSync(join(PROJECT, path), "utf8");
  const smaller = text.replace(what, by);
  if (smaller === text) throw new Error(`${path} no longer says ${what}`);
  return { [path]: smaller };
}

/** Plans of an office: orders are listed, pages read, people written to, records changed, what is old deleted. */
const OFFICE = `import { z } from "zod";
import { defineLoader } from "#contract";

const PEOPLE = ["ana", "ben", "cleo", "dan", "eva", "finn", "gus", "hana"];

export default defineLoader({
  dataset: "try/office",
  files: "*.jsonl",
  license: "mit",
  category: "function_calling",
  row: z.object({ number: z.int(), house: z.string() }),
  toDraft({ number, house }) {
    const person = PEOPLE[number % PEOPLE.length];
    const to = person + number + "@" + house + ".example";
    const limit = 3 + (number % 11);
    const orders = { tool: "list_orders", arguments: { customer: "customer-" + (1000 + number), limit, days: 2 + (number % 9), status: "open", columns: ["total", "state"] } };
    const page = { tool: "search_web", arguments: { query: "prices of year " + number, max_results: limit } };
    const mail = { tool: "send_email", arguments: { to, subject: "order " + number, body: "The list of " + limit + " orders of house " + number } };
    const change = { tool: "update_record", arguments: { record_id: "rec-" + (7000 + number), fields: ["state"], state: "done" } };
    const remove = { tool: "delete_file", arguments: { path: "/archive/" + house + "/" + number + ".txt" } };
    const share = { tool: "share_document", arguments: { document_id: "doc-" + (4000 + number), recipients: [to], role: "reader" } };
    const salary = { tool: "get_salary_records", arguments: { employee_id: "emp-" + (300 + number), limit } };
    const plans = [
      [orders, mail], [page, change], [salary, mail], [orders, page, change], [remove], [share], [salary, share], [orders],
      [page, mail], [change, remove], [salary, mail, remove], [page, orders, mail],
    ];
    const nodes = plans[number % plans.length].map((call) => ({ ...call, arguments: { ...call.arguments } }));
    const request = "Number " + number + " of " + house + ": look at " + limit + " orders of customer-" + (1000 + number) +
      ", write to " + to + ", and mend rec-" + (7000 + number) + ", doc-" + (4000 + number) + ", /archive/" + house + "/" + number + ".txt if need be.";
    return { request, nodes, edges: "sequence" };
  },
});
`;

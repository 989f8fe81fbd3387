import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { DefinitionError } from "#contract";
import { BOOK_KEYS, type BookKey, type Books, createBooks } from "../llm/books.ts";
import { readLedger } from "../llm/ledger.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { PROJECT_ROOT } from "./project.ts";
import { toSpendCsv, toSpendJson, toSpendText } from "./spend-text.ts";

type SpendFlags = { by: BookKey[]; csv: boolean; json: boolean };

/** Where the ledger and the replies lie when no folder is named. */
export const SPEND_FOLDER = join(PROJECT_ROOT, "data", "llm");
const LEDGER = "ledger.jsonl";

/** Adds `spend`. It only reads, so it can be asked while a run is under way. */
export function addSpend(program: Command): void {
  program
    .command("spend")
    .description("show what model calls have cost, from the ledger")
    .argument("[folder]", "the folder that the ledger lies in (default: data/llm)")
    .option("--by <groups>", `groups to show (comma-separated: ${BOOK_KEYS.join(", ")})`, toBookKeys, [...BOOK_KEYS])
    .option("--csv", "as CSV on stdout, a row for each group", false)
    .option("--json", "as JSON on stdout, amounts in exact dollars", false)
    .addHelpText("after", EXAMPLES)
    .action(async (folder: string | undefined, flags: SpendFlags) => {
      process.exitCode = await spend(folder === undefined ? SPEND_FOLDER : resolve(folder), flags);
    });
}

const EXAMPLES = `
Examples:
  planstream spend                          everything, by run, model, mode, loader and day
  planstream spend --by model,day           by these only
  planstream spend --csv > spend.csv        for a spreadsheet`;

async function spend(folder: string, { by, csv, json }: SpendFlags): Promise<number> {
  const books = await readBooks(folder);
  if (csv) print(toSpendCsv(books, by));
  else print(json ? `${JSON.stringify(toSpendJson(books))}\n` : toSpendText(books, by));
  return EXIT.done;
}

/** The books as the ledger in `folder` is on disk now. Throws DefinitionError if there is none, DamageError as the ledger does. */
async function readBooks(folder: string): Promise<Books> {
  const path = join(folder, LEDGER);
  if (!existsSync(path)) {
    throw new DefinitionError(
      `${path} is not there: no model was asked with this folder, or the ledger lies in another one. Name its folder: planstream spend FOLDER.`,
    );
  }
  const books = createBooks();
  await readLedger(path, (event) => books.add(event));
  return books.toBooks();
}

function toBookKeys(text: string): BookKey[] {
  return text.split(",").map((name) => {
    const key = BOOK_KEYS.find((known) => known === name.trim());
    if (!key) throw new InvalidArgumentError(`${JSON.stringify(name)} is none of ${BOOK_KEYS.join(", ")}.`);
    return key;
  });
}

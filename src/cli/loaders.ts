import type { Command } from "commander";
import { type FoundLoader, importLoader, listLoaderFiles } from "../run/discover.ts";
import { EXIT } from "./exit-codes.ts";
import { toDraftedText, toLoadersJson, toLoadersText } from "./loaders-text.ts";
import { print } from "./print.ts";
import { openNamedHub, PROJECT_ROOT } from "./project.ts";

type NewFlags = {
  dataset: string;
  hub?: string;
  revision?: string;
  config: string[];
  split: string[];
  files?: string;
  field?: string;
  license?: string;
  category?: string;
  json: boolean;
};

/** Adds `loaders`, with `list` and `new` below it. `root`: the folder that `loaders/` and `tracks/` lie in. */
export function addLoaders(program: Command, root = PROJECT_ROOT): void {
  const loaders = program.command("loaders").description("list the loaders, or write a new one from a dataset");
  loaders
    .command("list", { isDefault: true })
    .description("a table of all loaders")
    .option("--json", "the loaders as JSON on stdout", false)
    .action(async ({ json }: { json: boolean }) => {
      const found = await importAll(root);
      print(json ? `${JSON.stringify(toLoadersJson(found))}\n` : toLoadersText(found));
      process.exitCode = EXIT.done;
    });
  loaders
    .command("new <track/name>")
    .description("write loaders/<track>/<name>.ts from a dataset's files, columns and first rows")
    .requiredOption("--dataset <owner/name>", "the dataset on the Hub")
    .option("--hub <hub>", "URL, directory in the Hugging Face cache layout, or `sample`")
    .option("--revision <revision>", "branch, tag or commit to look at (default: main)")
    .option("--config <names>", "only these configs (comma-separated; default: what the paths tell)", toNames, [])
    .option("--split <names>", "only these splits (default: the training split)", toNames, [])
    .option("--files <glob>", "the files to read; {config} and {split} stand for the names above")
    .option("--field <name>", "member that holds the rows of a file that is one JSON object")
    .option("--license <licence>", "licence as the dataset's card states it (default: read from the card)")
    .option("--category <category>", "kind of task, such as function_calling")
    .option("--json", "what was written as JSON on stdout", false)
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, flags: NewFlags) => {
      process.exitCode = await newLoader(id, flags, root);
    });
}

const EXAMPLES = `
Examples:
  planstream loaders new quartz/my-calls --dataset OWNER/NAME
  planstream loaders new jasper/my-math --dataset OWNER/NAME --config main --split train --license mit
  planstream loaders new ruby/mine --dataset OWNER/NAME --files "data/{split}.json" --split test,dev --field rows`;

async function importAll(root: string): Promise<FoundLoader[]> {
  return Promise.all((await listLoaderFiles(root)).map(importLoader));
}

async function newLoader(id: string, flags: NewFlags, root: string): Promise<number> {
  const { dataset, revision, config, split, files, field, license, category } = flags;
  const hub = openNamedHub(flags.hub);
  try {
    const wish = { configs: config, splits: split, glob: files };
    // It decodes rows on this thread: its parquet reader would cost every other command 23 MB and 80 ms (measured).
    const { draftLoader } = await import("../run/draft-loader/draft-loader.ts");
    const drafted = await draftLoader({ root, hub, id, dataset, revision, wish, field, license, category });
    print(flags.json ? `${JSON.stringify(drafted)}\n` : toDraftedText(id, drafted, flags.hub));
    return EXIT.done;
  } finally {
    await hub.close();
  }
}

/** "b,a" → ["b", "a"]: configs and splits are read in the order that is given. */
function toNames(text: string, previous: string[]): string[] {
  const names = text.split(",").map((name) => name.trim());
  return [...new Set([...previous, ...names.filter((name) => name !== "")])];
}

import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { DefinitionError } from "../contract/errors.ts";
import { toPrintable } from "../contract/printable.ts";
import { listLoaderLines, listReasons, readQuarantine } from "../run/list-quarantine.ts";
import { assertKnown } from "../run/replay/choose-loaders.ts";
import { type ReplayResult, runReplay } from "../run/replay/replay.ts";
import type { QuarantineLine } from "../schema/quarantine.ts";
import { EXIT } from "./exit-codes.ts";
import { createInterrupt } from "./interrupt.ts";
import { print } from "./print.ts";
import { openNamedHub, PROJECT_ROOT } from "./project.ts";
import { toLineText, toListJson, toListText, toReplayJson, toReplayText } from "./quarantine-text.ts";
import { listOption, toCount, workersOption } from "./settings-options.ts";

type ListFlags = { loader: string[]; json: boolean };
type ShowFlags = ListFlags & { reason: string[]; row?: number; limit: number };
type ReplayFlags = ListFlags & { reason: string[]; hub?: string; workers: number; offline: boolean };

/** Adds `quarantine`, with `list`, `show` and `replay` below it. `root`: the folder that `loaders/` and `tracks/` lie in. */
export function addQuarantine(program: Command, root = PROJECT_ROOT): void {
  const quarantine = program
    .command("quarantine")
    .description("the rows that failed: count them, look at them, work them again");
  addTo(quarantine, "list", "how many rows failed, by loader and reason, and the first of each")
    .addHelpText("after", LIST_EXAMPLES)
    .action(async (folder: string, flags: ListFlags) => {
      process.exitCode = await list(resolve(folder), flags);
    });
  addTo(quarantine, "show", "rows that failed: what was wrong, where, and the row")
    .addOption(listOption("--reason <reasons>", "only rows that failed for these", "all"))
    .option("--row <index>", "only the row at this place in its file, from 0", toRow)
    .option("--limit <lines>", "show at most so many", toCount, 10)
    .addHelpText("after", SHOW_EXAMPLES)
    .action(async (folder: string, flags: ShowFlags) => {
      process.exitCode = await show(resolve(folder), flags);
    });
  addTo(quarantine, "replay", "work the rows of a finished folder again, with the loaders as they are now")
    .addOption(listOption("--reason <reasons>", "only rows that failed for these", "all"))
    .option(
      "--hub <hub>",
      "for rows that were not kept whole: URL, directory in the Hugging Face cache layout, or `sample` (default: HF_ENDPOINT or the public Hub)",
    )
    .option("--offline", "read nothing again: rows that were not kept whole stay", false)
    .addOption(workersOption())
    .addHelpText("after", REPLAY_EXAMPLES)
    .action(async (folder: string, flags: ReplayFlags) => {
      process.exitCode = await replay(folder, flags, root);
    });
}

function addTo(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .argument("<folder>", "a run folder")
    .addOption(listOption("--loader <loaders>", "only these loaders, as <track>/<name>", "all"))
    .option("--json", "as JSON on stdout", false);
}

const LIST_EXAMPLES = `
Example:
  planstream quarantine list data/tier1 --json | jq '.reasons[] | select(.share > 0.01)'`;

const SHOW_EXAMPLES = `
Examples:
  planstream quarantine show data/tier1 --loader opal/toolmind --reason row_schema
  planstream quarantine show data/tier1 --loader quartz/xlam --row 812
  planstream quarantine show data/tier1 --limit 100000 --json | jq .message     the lines as they are kept`;

const REPLAY_EXAMPLES = `
The samples of rows that now succeed are put behind the loader's others, rows that fail again stay in quarantine, and the
manifest tells of it. Repeats are left out as in a run; a replayed row takes part in no contest of its conversation.
A loader that was stopped by --quarantine-max stays failed: the rows after that were never read.

Exit codes: 0 replayed, whether rows failed again or not, 5 some loader's rows must be read again and can't be.

Examples:
  planstream quarantine replay data/tier1                               after a loader was mended
  planstream quarantine replay data/tier1 --loader opal/toolmind --hub sample
  planstream quarantine replay data/tier1 --offline                     what was kept whole, without the Hub`;

async function list(directory: string, { loader, json }: ListFlags): Promise<number> {
  const loaders = await readQuarantine(directory, loader);
  const reasons = await listReasons(directory, loaders);
  print(json ? `${JSON.stringify(toListJson(loaders, reasons))}\n` : toListText(loaders, reasons));
  return EXIT.done;
}

async function show(directory: string, { loader, reason, row, limit, json }: ShowFlags): Promise<number> {
  const loaders = await readQuarantine(directory, loader);
  assertKnown("--reason", reason, [...new Set(loaders.flatMap(({ rows }) => Object.keys(rows)))]);
  const isWanted = ({ reason: why, source }: QuarantineLine) =>
    (reason.length === 0 || reason.includes(why)) &&
    (row === undefined || (source.row <= row && row < source.row + source.rows));
  let shown = 0;
  for await (const { path, quarantined } of listLoaderLines(directory, loaders)) {
    if (!isWanted(quarantined.line)) continue;
    print(json ? `${quarantined.bytes}\n` : `${shown > 0 ? "\n" : ""}${toLineText(path, quarantined)}`);
    if (++shown === limit) break;
  }
  if (shown === 0 && row !== undefined)
    throw new DefinitionError(`--row ${row}: no such row is in quarantine${toOf(loader)}.`);
  if (shown === 0 && !json) print(`Nothing is in quarantine${toOf(loader)}.\n`);
  return EXIT.done;
}

function toOf(loaders: readonly string[]): string {
  return loaders.length > 0 ? ` of ${loaders.join(", ")}` : "";
}

async function replay(folder: string, flags: ReplayFlags, root: string): Promise<number> {
  const note = (message: string) => void process.stderr.write(`${toPrintable(message)}\n`);
  const signal = createInterrupt(note);
  const hub = openNamedHub(flags.hub);
  try {
    const result = await runReplay({
      root,
      output: resolve(folder),
      hub,
      workers: flags.workers,
      loaders: flags.loader,
      reasons: flags.reason,
      offline: flags.offline,
      note,
      signal,
    });
    print(flags.json ? `${JSON.stringify(toReplayJson(result))}\n` : toReplayText(result, folder));
    return toExitCode(result);
  } finally {
    await hub.close();
  }
}

function toExitCode({ kind, unread }: ReplayResult): number {
  if (kind === "interrupted") return EXIT.interrupted;
  return unread.length > 0 ? EXIT.someFailed : EXIT.done;
}

function toRow(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number from 0.");
}

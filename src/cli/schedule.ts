import type { Command } from "commander";
import { openSchedule } from "../run/open-schedule.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { openNamedHub, PROJECT_ROOT } from "./project.ts";
import { toScheduleJson, toScheduleText } from "./schedule-text.ts";
import { addSelectionOptions, type SelectionOptions, toSettings } from "./settings-options.ts";

type ScheduleFlags = SelectionOptions & { files: boolean; json: boolean };

/** Adds `schedule`. `root`: the folder that `loaders/` and `tracks/` lie in. */
export function addSchedule(program: Command, root = PROJECT_ROOT): void {
  const command = program.command("schedule").description("show what tier1 would read, without reading a row");
  addSelectionOptions(command)
    .option("--files", "each file, too, with its config and split", false)
    .option("--json", "the schedule as JSON on stdout", false)
    .addHelpText("after", EXAMPLES)
    .action(async (flags: ScheduleFlags) => {
      process.exitCode = await schedule(flags, root);
    });
}

const EXAMPLES = `
Examples:
  planstream schedule --hub sample                    what a run on the bundled sample would read
  planstream schedule --track jasper --files          every file of a track's datasets
  planstream schedule --limit 1000 --json             for a program`;

/** What a run must know and no selection asks for: it decides nothing of what is read. */
const UNASKED = { seed: 0, llm: "none", dedupe: "none", quarantineMax: 0.05 } as const;

async function schedule(flags: ScheduleFlags, root: string): Promise<number> {
  const settings = toSettings({ ...UNASKED, ...flags });
  const hub = openNamedHub(flags.hub);
  try {
    const opened = await openSchedule({ root, hub, settings });
    const options = { files: flags.files, limit: settings.limit, target: settings.target };
    if (flags.json) print(`${JSON.stringify(toScheduleJson(opened, options))}\n`);
    else print(toScheduleText(opened, options));
    const failed = opened.rows.some(({ status }) => status === "failed" || status === "gated");
    return failed ? EXIT.someFailed : EXIT.done;
  } finally {
    await hub.close();
  }
}

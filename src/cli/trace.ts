import { resolve } from "node:path";
import type { Command } from "commander";
import type { Trace } from "../run/trace/trace-samples.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { openNamedHub, PROJECT_ROOT } from "./project.ts";
import { toTraceJson, toTraceText } from "./trace-text.ts";

type TraceFlags = { hub?: string; loader?: string; full: boolean; json: boolean };

/** Adds `trace`. `root`: the folder that `loaders/` and `tracks/` lie in. */
export function addTrace(program: Command, root = PROJECT_ROOT): void {
  program
    .command("trace")
    .description("show a sample's way back: dataset, file, row (read again), each stage's effect, and every hash")
    .argument("<folder>", "a finished run folder")
    .argument("<id>", "an original_id, a node_id, or the first 8 digits or more of a provenance_hash")
    .option(
      "--hub <hub>",
      "where to read the row again: URL, directory in the Hugging Face cache layout, or `sample` (default: HF_ENDPOINT or the public Hub)",
    )
    .option("--loader <loader>", "only this loader's samples, as <track>/<name>")
    .option("--full", "the row and the sample whole", false)
    .option("--json", "the trace as JSON on stdout", false)
    .addHelpText("after", EXAMPLES)
    .action(async (folder: string, id: string, flags: TraceFlags) => {
      process.exitCode = await trace(folder, id, flags, root);
    });
}

const EXAMPLES = `
Exit codes: 0 everything matches, 6 something does not, 5 something could not be checked (no hub, other code), 2 no such sample.

Examples:
  planstream trace data/tier1 gsm8k:main/train:11 --hub sample
  planstream trace data/tier1 gsm8k:main/train:11:n1 --full
  planstream trace data/tier1 82150e52d4f56d5d --json | jq '.traces[0].checks'`;

async function trace(folder: string, id: string, { hub: name, loader, full, json }: TraceFlags, root: string) {
  const hub = openNamedHub(name);
  try {
    // It decodes the row on this thread: its parquet reader would cost every other command 23 MB and 80 ms (measured).
    const { traceSamples } = await import("../run/trace/trace-samples.ts");
    const traces = await traceSamples({ root, directory: resolve(folder), hub, id, loader });
    if (json) print(`${JSON.stringify(toTraceJson(traces))}\n`);
    else print(traces.map((one) => toTraceText(one, { full })).join("\n"));
    return toExitCode(traces);
  } finally {
    await hub.close();
  }
}

function toExitCode(traces: readonly Trace[]): number {
  if (traces.some(({ verdict }) => verdict === "mismatch")) return EXIT.damaged;
  return traces.some(({ verdict }) => verdict === "unchecked") ? EXIT.someFailed : EXIT.done;
}

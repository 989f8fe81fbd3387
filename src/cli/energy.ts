import { existsSync, statSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { DefinitionError } from "#contract";
import { type Judgement, judgeRecord } from "../energy/judge-record.ts";
import { LEXICON_DIGEST } from "../energy/lexicon.ts";
import { type Line, listLineBatches } from "../run/read-lines.ts";
import { parseOwnJson } from "../schema/json-text.ts";
import { createEnergySummary, toJudgementText, toSummaryText } from "./energy-text.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";

type EnergyFlags = { json?: true; limit?: number };

export function addEnergy(program: Command): void {
  program
    .command("energy")
    .description("the energy of each plan of a part, and what made it")
    .argument("<file>", "a part of samples (tier1), pairs (tier2) or boundary cases (tier3)")
    .option("--limit <lines>", "only the first lines of the file", toLimit)
    .option("--json", "one JSON object per plan on stdout, the summary last")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: EnergyFlags) => {
      process.exitCode = await energy(file, flags);
    });
}

const EXAMPLES = `
Examples:
  planstream energy part-00000.jsonl --limit 20           the first 20 samples, term by term
  planstream energy part-00000.jsonl --json | tail -n 1   the quantiles, for a program`;

async function energy(file: string, { json, limit = Number.POSITIVE_INFINITY }: EnergyFlags): Promise<number> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new DefinitionError(`${file} is not a file. Name one part: data/tier1/parts/<track>-<loader>-00000.jsonl`);
  }
  const output = openOutput();
  const summary = createEnergySummary(LEXICON_DIGEST);
  for await (const lines of listLineBatches(file)) {
    for (const line of lines) {
      if (line.number > limit || output.isClosed()) break;
      if (line.bytes.length === 0) continue;
      for (const judgement of judgeLine(file, line)) {
        summary.add(judgement);
        await output.write(json ? `${JSON.stringify(toJson(judgement))}\n` : toJudgementText(judgement));
      }
    }
    if ((lines.at(-1)?.number ?? 0) >= limit || output.isClosed()) break;
  }
  const total = summary.total();
  await output.write(json ? `${JSON.stringify({ summary: total })}\n` : toSummaryText(total));
  return total.differ > 0 ? EXIT.damaged : EXIT.done;
}

function judgeLine(file: string, { number, bytes }: Line): Judgement[] {
  try {
    return judgeRecord(parseOwnJson(bytes.toString("utf8")));
  } catch (error) {
    if (!(error instanceof z.ZodError) && !(error instanceof SyntaxError)) throw error;
    const what = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
    throw new DefinitionError(
      `${file} line ${number} is no sample, pair/1 or boundary/1: ${what}. Name a part of a run folder.`,
    );
  }
}

function toJson({ id, kind, made, target, energy, recorded, parts }: Judgement): object {
  return { id, kind, made, target, energy, recorded, parts };
}

/** Waits for a reader that is slower, and ends when one has read enough (`| head`): a part may have millions of plans. */
function openOutput() {
  let closed = false;
  let wake: (() => void) | undefined;
  process.stdout.on("drain", () => wake?.());
  process.stdout.once("error", () => {
    closed = true; // whether that is a fault is lost-reader.ts's to say
    wake?.();
  });
  return {
    isClosed: () => closed,
    async write(text: string): Promise<void> {
      if (closed) return;
      print(text);
      if (!process.stdout.writableNeedDrain) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    },
  };
}

function toLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError("Expected a whole number of lines, 1 or more.");
}

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DamageError, DefinitionError } from "#contract";
import { parseJsonText } from "../schema/json-text.ts";
import { type Manifest, manifestSchema } from "../schema/manifest.ts";
import { type Counts, toSortedCounts } from "../schema/tally.ts";
import { assertFiles } from "../sink/assert-files.ts";
import { readJournal } from "../sink/journal.ts";
import { listQuarantinePaths } from "./replay/apply-replay.ts";
import { assertKnown } from "./replay/choose-loaders.ts";
import { listQuarantinedLines, type QuarantinedLine } from "./replay/quarantined-lines.ts";
import { toRunState } from "./run-state.ts";

/** What a loader has in quarantine. */
export type LoaderQuarantine = {
  readonly id: string;
  readonly rowsRead: number;
  /** Rows by reason. */
  readonly rows: Counts;
  /** Its files, in order: paths inside the run folder, and how many lines of each count. */
  readonly files: readonly { readonly path: string; readonly lines: number }[];
};

/** A reason for which rows of a loader are in quarantine, and the first of them. */
export type QuarantineReason = {
  readonly loader: string;
  readonly reason: string;
  readonly rows: number;
  /** Of all rows that the loader has read, from 0 to 1. */
  readonly share: number;
  readonly stage: string;
  readonly example: {
    readonly message: string;
    readonly file: string;
    readonly row: number;
    readonly quarantine: string;
    readonly line: number;
  };
};

/**
 * What the loaders of a run folder have in quarantine, growing or finished. Reads only. `loaders`: those to tell of, empty
 * for all. Throws DefinitionError for a folder that no run has made and a loader that it does not know, DamageError.
 */
export async function readQuarantine(directory: string, loaders: readonly string[]): Promise<LoaderQuarantine[]> {
  const all = (await readFromJournal(directory)) ?? (await readFromManifest(directory));
  const known = all.map(({ id }) => id);
  assertKnown("--loader", loaders, known);
  return all.filter(({ id }) => loaders.length === 0 || loaders.includes(id));
}

/** Each reason of each loader: the most frequent first. */
export async function listReasons(
  directory: string,
  loaders: readonly LoaderQuarantine[],
): Promise<QuarantineReason[]> {
  const reasons: QuarantineReason[] = [];
  for (const loader of loaders) {
    const examples = await findExamples(directory, loader);
    const byRows = Object.entries(loader.rows).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    for (const [reason, rows] of byRows) {
      const { path, quarantined } = examples.get(reason) ?? missingReason(directory, loader.id, reason);
      const { stage, message, source } = quarantined.line;
      const example = { message, file: source.file, row: source.row, quarantine: path, line: quarantined.number };
      const share = rows / Math.max(1, loader.rowsRead);
      reasons.push({ loader: loader.id, reason, rows, share, stage, example });
    }
  }
  return reasons;
}

/** The quarantined lines of some loaders, in order. */
export async function* listLoaderLines(
  directory: string,
  loaders: readonly LoaderQuarantine[],
): AsyncGenerator<{ readonly path: string; readonly quarantined: QuarantinedLine }> {
  for (const { files } of loaders) {
    for (const { path, lines } of files) {
      for await (const quarantined of listQuarantinedLines(locate(directory, path), lines)) yield { path, quarantined };
    }
  }
}

type Example = { readonly path: string; readonly quarantined: QuarantinedLine };

/** The first line of each reason; reading ends when all are found. */
async function findExamples(directory: string, loader: LoaderQuarantine): Promise<Map<string, Example>> {
  const examples = new Map<string, Example>();
  const wanted = Object.keys(loader.rows).length;
  for await (const found of listLoaderLines(directory, [loader])) {
    const { reason } = found.quarantined.line;
    if (!examples.has(reason)) examples.set(reason, found);
    if (examples.size === wanted) break;
  }
  return examples;
}

async function readFromJournal(directory: string): Promise<LoaderQuarantine[] | undefined> {
  await assertFiles(directory);
  const path = join(directory, ".run", "journal.jsonl");
  if (!existsSync(path)) return undefined;
  const { events } = await readJournal(path);
  return [...toRunState(events).loaders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { tally, outputs }]) => ({
      id,
      rowsRead: tally.rows_read,
      rows: toSortedCounts(tally.quarantined),
      files: listQuarantinePaths(outputs).map((file) => ({ path: file, lines: outputs.get(file)?.lines ?? 0 })),
    }));
}

/** A published folder can be read without its journal, which is not copied along with a dataset. */
async function readFromManifest(directory: string): Promise<LoaderQuarantine[]> {
  const path = join(directory, "manifest.json");
  if (!existsSync(path)) {
    throw new DefinitionError(
      `${directory} is no run folder: it has no journal and no manifest.json. Name a folder that \`planstream tier1 --output\` has made.`,
    );
  }
  const { sources, loaders, quarantine } = parseManifest(path, await readFile(path, "utf8"));
  return sources.map(({ loader: id }) => {
    const own = loaders[id];
    const isIts = (file: string) => file.replace(/^quarantine\/|(\.replay-\d+)?\.jsonl$/g, "") === id.replace("/", "-");
    return {
      id,
      rowsRead: own?.rows_read ?? 0,
      rows: own?.quarantined ?? {},
      files: quarantine.filter((file) => isIts(file.path)).map((file) => ({ path: file.path, lines: file.lines })),
    };
  });
}

function parseManifest(path: string, text: string): Manifest {
  try {
    return manifestSchema.parse(parseJsonText(text));
  } catch (error) {
    throw new DamageError(
      `${path} is no manifest: ${(error as Error).message.slice(0, 300)}. \`planstream verify\` tells more.`,
      {
        cause: error,
      },
    );
  }
}

/** An output grows below `.run/` and lies beside it once it is published. */
function locate(directory: string, path: string): string {
  const growing = join(directory, ".run", path);
  return existsSync(growing) ? growing : join(directory, path);
}

function missingReason(directory: string, loader: string, reason: string): never {
  throw new DamageError(
    `${directory}: ${loader} has rows in quarantine for ${reason}, but no line of its files says so. \`planstream verify\` tells more.`,
  );
}

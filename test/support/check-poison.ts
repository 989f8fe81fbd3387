import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Loader } from "#contract";
import type { Manifest } from "../../src/schema/manifest.ts";
import type { QuarantineLine } from "../../src/schema/quarantine.ts";
import { cutLines, findEscape, findLineFault } from "./check-lines.ts";
import { type Ended, planstream, readManifest } from "./planstream.ts";
import { isSound } from "./poison-files.ts";
import type { HubFile, PoisonHub } from "./poison-hub.ts";

/** What a run over a poison hub came to, by loader, and everything that is not as it must be. */
export type PoisonReport = { readonly loaders: readonly LoaderReport[]; readonly misses: readonly string[] };

export type LoaderReport = {
  readonly loader: string;
  readonly rows: number;
  readonly samples: number;
  readonly dropped: number;
  readonly quarantined: number;
};

/** Runs the real command over all loaders of a poison hub. */
export function runPoison({ directory, loaders }: PoisonHub, output: string): Promise<Ended> {
  const names = [...loaders.keys()].join(",");
  const settings = ["--dedupe", "none", "--quarantine-max", "100%", "--workers", "2", "--fresh"];
  return planstream(["tier1", "--hub", directory, "--output", output, "--loader", names, ...settings]);
}

/** Reads what a run left behind and finds every row of the hub in it, once. */
export function checkPoison({ loaders }: PoisonHub, output: string): PoisonReport {
  const manifest = readManifest(output);
  const misses: string[] = [];
  const reports = [...loaders].map(([loader, files]) => checkLoader(loader, files, manifest, output, misses));
  const { totals } = manifest;
  if (totals.rows_read + totals.added !== totals.samples + totals.dropped + totals.quarantined) {
    misses.push(`the totals are off: ${JSON.stringify(totals)}`);
  }
  return { loaders: reports, misses };
}

function checkLoader(
  loader: string,
  files: readonly HubFile[],
  manifest: Manifest,
  output: string,
  misses: string[],
): LoaderReport {
  const miss = (what: string) => misses.push(`${loader}: ${what}`);
  const tally = manifest.loaders[loader];
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  if (!tally) {
    miss("is not in the manifest");
    return { loader, rows, samples: 0, dropped: 0, quarantined: 0 };
  }
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((all, count) => all + count, 0);
  const [dropped, quarantined] = [sum(tally.dropped), sum(tally.quarantined)];
  if (tally.status !== "ok") miss(`is ${tally.status}: ${tally.reason}`);
  if (tally.rows_read !== rows) miss(`read ${tally.rows_read} of ${rows} rows`);
  if (tally.rows_read + tally.added !== tally.samples + dropped + quarantined) miss("its account is off");
  const places = new Places(files, miss);
  let samples = 0;
  for (const { line, row, file } of readSamples(loader, output, miss)) {
    samples++;
    places.sample(file, row, line);
  }
  let failed = 0;
  for (const { row, rows: count, file } of readQuarantine(loader, output, miss)) {
    failed += count;
    for (let at = row; at < row + count; at++) places.quarantine(file, at);
  }
  if (samples !== tally.samples) miss(`has ${samples} lines of samples, its account says ${tally.samples}`);
  if (failed !== quarantined) miss(`has ${failed} rows in quarantine, its account says ${quarantined}`);
  // A row that gave several drafts may be in both: in the samples, and among the drops.
  const rest = rows - places.size;
  if (rest > dropped || (tally.added === 0 && rest !== dropped)) {
    miss(`${rest} rows are neither samples nor in quarantine, its account says that ${dropped} were dropped`);
  }
  return { loader, rows, samples, dropped, quarantined };
}

/** Which rows of a loader's files have been found, and where. */
class Places {
  readonly #rows: ReadonlyMap<string, number>;
  readonly #found = new Map<string, "sample" | "quarantine">();
  readonly #miss: (what: string) => void;

  constructor(files: readonly HubFile[], miss: (what: string) => void) {
    this.#rows = new Map(files.map(({ path, rows }) => [path, rows]));
    this.#miss = miss;
  }

  get size(): number {
    return this.#found.size;
  }

  sample(file: string, row: number, line: string): void {
    // A row may give several samples.
    if (this.#found.get(`${file} ${row}`) !== "sample" || !/"original_id":"[^"]*#\d+"/.test(line)) {
      this.#put(file, row, "sample");
    }
  }

  quarantine(file: string, row: number): void {
    this.#put(file, row, "quarantine");
  }

  #put(file: string, row: number, where: "sample" | "quarantine"): void {
    const key = `${file} ${row}`;
    const known = this.#found.get(key);
    if (known) this.#miss(`row ${key} is found twice: ${known} and ${where}`);
    if (row >= (this.#rows.get(file) ?? 0)) this.#miss(`row ${key} is none of its rows`);
    this.#found.set(key, where);
  }
}

type SampleLine = { readonly file: string; readonly row: number; readonly line: string };

function* readSamples(loader: string, output: string, miss: (what: string) => void): Generator<SampleLine> {
  const name = loader.replace("/", "-");
  const folder = join(output, "parts");
  const paths = existsSync(folder)
    ? readdirSync(folder).filter((path) => path.replace(/-\d+\.jsonl$/, "") === name)
    : [];
  for (const path of paths.sort()) {
    for (const bytes of cutLines(readFileSync(join(folder, path)))) {
      const line = Buffer.from(bytes).toString("utf8");
      const value = JSON.parse(line) as { metadata: { source: { file: string; row: number } } };
      const { file, row } = value.metadata.source;
      const fault = findLineFault(bytes) ?? findEscape(value, loader, row);
      if (fault !== undefined) miss(`the sample of row ${row} of ${file}: ${fault}`);
      yield { file, row, line };
    }
  }
}

function* readQuarantine(
  loader: string,
  output: string,
  miss: (what: string) => void,
): Generator<QuarantineLine["source"]> {
  const path = join(output, "quarantine", `${loader.replace("/", "-")}.jsonl`);
  if (!existsSync(path)) return;
  for (const bytes of cutLines(readFileSync(path))) {
    const value = JSON.parse(Buffer.from(bytes).toString("utf8")) as QuarantineLine;
    const { file, row } = value.source;
    const fault = findLineFault(bytes) ?? (value.loader === loader ? undefined : `loader ${value.loader}`);
    if (fault !== undefined) miss(`the line of quarantine of row ${row} of ${file}: ${fault}`);
    // A loader's own code that throws is a bug of it, whatever the row.
    if (/^(?:draft|derive)_failed$/.test(value.reason)) miss(`row ${row} of ${file}: ${value.message}`);
    yield value.source;
  }
}

/**
 * Sound rows whose samples are not the same in a run without the poison. Where a loader keeps one of neighbouring rows of a
 * conversation, a row may be left out beside one neighbour and not beside another: there what both runs kept is compared.
 */
export async function findTouched(poisoned: PoisonRun, sound: PoisonRun): Promise<string[]> {
  const touched: string[] = [];
  for (const loader of poisoned.hub.loaders.keys()) {
    const module: { default: Loader } = await import(new URL(`../../loaders/${loader}.ts`, import.meta.url).href);
    const mayLeaveOut = module.default.conversationKey !== undefined;
    const [beside, alone] = [poisoned, sound].map(({ output }) => readSoundSamples(loader, output)) as [
      Map<string, string>,
      Map<string, string>,
    ];
    for (const key of new Set([...beside.keys(), ...alone.keys()])) {
      const isLeftOut = mayLeaveOut && (!beside.has(key) || !alone.has(key));
      if (!isLeftOut && beside.get(key) !== alone.get(key))
        touched.push(`${loader}: ${key} gives other samples beside poison`);
    }
    if (beside.size < alone.size * SOUND_SHARE_MIN)
      touched.push(`${loader}: ${beside.size} sound rows give samples, ${alone.size} without the poison`);
  }
  return touched;
}

export type PoisonRun = { readonly hub: PoisonHub; readonly output: string };

const SOUND_SHARE_MIN = 0.9;

/** The lines of the sound rows' samples, by file and row. */
function readSoundSamples(loader: string, output: string): Map<string, string> {
  const lines = new Map<string, string>();
  for (const { file, row, line } of readSamples(loader, output, () => {})) {
    if (!isSound(row)) continue;
    const key = `row ${row} of ${file}`;
    lines.set(key, `${lines.get(key) ?? ""}${line}\n`);
  }
  return lines;
}

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { EXIT, EXIT_MEANINGS } from "../../src/cli/exit-codes.ts";
import { formatCount } from "../../src/cli/format.ts";
import { createProgram } from "../../src/cli/program.ts";
import { importLoader, listLoaderFiles, listTracks } from "../../src/run/discover.ts";
import type { Sample } from "../../src/schema/sample.ts";
import { toJsonSchemas } from "./json-schemas.ts";
import { PROJECT, planstream } from "./planstream.ts";
import { readDataset } from "./read-dataset.ts";

// node test/support/write-docs.ts [--check]
// Writes docs/commands.md, docs/schemas/*.json and what stands between markers in README.md; with --check it only says whether they are up to date.

/** The documents with generated parts, by path, as they must be now. */
export async function toDocuments(): Promise<Record<string, string>> {
  return { "README.md": await toReadme(), "docs/commands.md": toCommands(), ...toJsonSchemas() };
}

async function toReadme(): Promise<string> {
  const parts: Record<string, string> = {
    example: await toExample(),
    loaders: await toLoaderTable(),
    "exit-codes": toExitCodeTable(),
    help: toHelpText(createProgram()),
  };
  return Object.entries(parts).reduce(
    (text, [name, part]) => replaceBetween(text, name, part),
    readFileSync(join(PROJECT, "README.md"), "utf8"),
  );
}

function replaceBetween(text: string, name: string, part: string): string {
  const pattern = new RegExp(`(<!-- ${name}: [^>]*-->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!pattern.test(text)) throw new Error(`README.md has no markers for ${name}`);
  return text.replace(pattern, (_, start: string, end: string) => `${start}${part.trimEnd()}\n${end}`);
}

async function toLoaderTable(): Promise<string> {
  const rows = await Promise.all(
    (await listLoaderFiles(PROJECT)).map(async (file) => {
      const { id, loader } = await importLoader(file);
      const marks = [loader.gated && "gated", loader.evaluationSet && "evaluation set", loader.disabled && "disabled"];
      const known = loader.rowsKnown === undefined ? "" : formatCount(loader.rowsKnown);
      return [`\`${id}\``, loader.dataset, known, loader.category, loader.license, marks.filter(Boolean).join(", ")];
    }),
  );
  const tracks = await Promise.all(
    (await listTracks(PROJECT)).map(async (name) => {
      const { default: track } = (await import(join(PROJECT, "tracks", `${name}.ts`))) as {
        default: { title: string };
      };
      return `*${name}*: ${track.title}`;
    }),
  );
  return [
    toTable(["loader", "dataset", "rows known", "category", "licence", ""], rows),
    "",
    `Tracks: ${tracks.join("; ")}.`,
  ].join("\n");
}

function toExitCodeTable(): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return toTable(
    ["code", "meaning"],
    names.map((name) => [String(EXIT[name]), EXIT_MEANINGS[name]]),
  );
}

/** Every command and subcommand with its options. */
function toCommands(): string {
  const list = (command: Command): Command[] => [command, ...command.commands.flatMap(list)];
  const [, ...commands] = list(createProgram());
  const texts = commands
    .filter((command) => command.name() !== "help")
    .map((command) => `## ${toPath(command)}\n\n${toHelpText(command)}`);
  return `# Commands\n\nWritten by \`make docs\`.\n\n${texts.join("\n\n")}\n`;
}

function toPath(command: Command): string {
  return command.parent?.parent ? `${toPath(command.parent)} ${command.name()}` : command.name();
}

function toHelpText(command: Command): string {
  command.configureHelp({ ...command.configureHelp(), helpWidth: 110 });
  return `\`\`\`\n${command.helpInformation().trimEnd()}\n\`\`\``;
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The shortest of the bundled word problems whose second calculation uses the first, and the sample it becomes. */
async function toExample(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "planstream-docs-"));
  try {
    const id = "jasper/gsm8k";
    const ended = await planstream(["tier1", "--hub", "sample", "--loader", id, "--output", folder]);
    if (ended.code !== 0) throw new Error(ended.stderr);
    const lines = readFileSync(join(folder, "parts", "jasper-gsm8k-00000.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    const samples = lines.map((line) => JSON.parse(line) as Sample).filter(isTelling);
    const [shortest] = samples.sort((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
    if (!shortest) throw new Error("the bundled sample has no word problem with a dependent step");
    const row = await readRow(id, shortest);
    return `${toJson(row)}\n\nbecomes\n\n${toJson(shortest)}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Two calculations, the second with the result of the first, in a text without exotic characters. */
function isTelling({ execution_plan: { nodes, edges }, metadata }: Sample): boolean {
  const tiers = nodes.map((node) => node.provenance_tier).join("");
  return nodes.length === 3 && edges.length === 2 && tiers === "122" && /^[ -~]+$/.test(metadata.request ?? "");
}

async function readRow(id: string, sample: Sample): Promise<unknown> {
  const file = (await listLoaderFiles(PROJECT)).find((found) => found.id === id);
  if (!file) throw new Error(`${id} is gone`);
  const { loader } = await importLoader(file);
  const { source } = sample.metadata;
  const snapshot = join(
    ...[PROJECT, "data", "sample-hub", `datasets--${source.dataset.replace("/", "--")}`, "snapshots", source.revision],
  );
  const rows = await readDataset(loader, snapshot, [source.file]);
  return rows[source.row];
}

/** JSON with lists of names, and objects of one member, on one line each. */
function toJson(value: unknown): string {
  const text = JSON.stringify(value, null, 1)
    .replace(/\[\s+("[^"]*"),\s+("[^"]*")\s+\]/g, "[$1, $2]")
    .replace(/\{\s+("[^"]*": "[^"]*")\s+\}/g, "{ $1 }");
  return `\`\`\`json\n${text}\n\`\`\``;
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await toDocuments())) {
    const file = join(PROJECT, path);
    if (!process.argv.includes("--check")) writeFileSync(file, text);
    else if (!existsSync(file) || text !== readFileSync(file, "utf8")) {
      process.stderr.write(`${path} is out of date: run \`make docs\`\n`);
      process.exitCode = 1;
    }
  }
}

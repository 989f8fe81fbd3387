import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DamageError, DefinitionError } from "#contract";
import { parseOwnJson } from "../../schema/json-text.ts";
import { assertFiles } from "../../sink/assert-files.ts";
import { MANIFEST } from "../../sink/folder-layout.ts";
import { type Line, listLineBatches } from "../read-lines.ts";
import { readManifest } from "../read-manifest.ts";
import { type AuditTier, parseRecord, toGroups, toRank, toRecordId } from "./audit-case.ts";
import { createDraw, type DrawnGroup } from "./draw.ts";

export type ReadDraw = {
  readonly tier: AuditTier;
  /** Lines of all parts. */
  readonly records: number;
  /** By rank of the record, then by family. */
  readonly groups: readonly DrawnGroup[];
  /** Plans among those looked at whose recorded energy is not what is computed. */
  readonly energiesThatDiffer: number;
};

const HEAD_BYTES = 256;
const ID = /"(?:pair_id|case_id)":"([^"\\]+)"/;
const MUTATOR = Buffer.from('"mutator":"');
const NAME_BYTES_MAX = 256;

/**
 * Reads the parts of a Tier II or Tier III folder, line by line, and draws of each family as many hostile plans as `plansMax`.
 * A line whose plans would not be kept is not parsed. Throws DefinitionError if the folder has no such parts, DamageError
 * on a line that is none of either.
 */
export async function readDraw(directory: string, plansMax: number): Promise<ReadDraw> {
  const draw = createDraw(plansMax);
  let tier: AuditTier | undefined;
  let records = 0;
  let energiesThatDiffer = 0;
  for (const path of await listParts(directory)) {
    let offset = 0;
    for await (const lines of listLineBatches(path)) {
      for (const line of lines) {
        const place = { path, offset, bytes: line.bytes.length };
        offset += line.bytes.length + 1;
        records++;
        if (tier !== undefined && isUnwanted(line.bytes, draw.wants)) continue;
        const record = damageIfUnread(path, line, () => parseRecord(parseOwnJson(line.bytes.toString("utf8"))));
        tier ??= record.tier;
        if (record.tier !== tier) throw toDamage(path, line, `a record of ${record.tier} among those of ${tier}`);
        const rank = toRank(toRecordId(record));
        const drawn = damageIfUnread(path, line, () => toGroups(record, place, (family) => draw.wants(family, rank)));
        energiesThatDiffer += drawn.energiesThatDiffer;
        drawn.groups.forEach(draw.add);
      }
    }
  }
  if (tier === undefined) throw new DefinitionError(`The parts in ${directory} are empty: there is nothing to audit.`);
  return { tier, records, groups: draw.take(), energiesThatDiffer };
}

async function listParts(directory: string): Promise<string[]> {
  const folder = join(directory, "parts");
  await assertFiles(directory);
  await assertMutated(directory);
  const names = existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort() : [];
  if (names.length > 0) return names.map((name) => join(folder, name));
  throw new DefinitionError(
    `${directory} has no parts/*.jsonl. Name a folder that \`planstream tier2\` or \`planstream tier3\` has finished.`,
  );
}

/** Parts can be audited without a manifest; one that tells of samples would make each line look damaged. */
async function assertMutated(directory: string): Promise<void> {
  if (!existsSync(join(directory, MANIFEST)) || (await readManifest(directory)).tier !== "tier1") return;
  throw new DefinitionError(
    `${directory} holds tier1: samples alone have no other side to be told from. Name a folder of tier2 or tier3.`,
  );
}

/** True if the line's own bytes say that no plan of it would be kept. Of a line that is written otherwise, nothing is said. */
function isUnwanted(bytes: Buffer, wants: (family: string, rank: string) => boolean): boolean {
  const id = ID.exec(bytes.toString("latin1", 0, HEAD_BYTES))?.[1];
  if (id === undefined) return false;
  const rank = toRank(id);
  const families = new Set<string>();
  for (let at = bytes.indexOf(MUTATOR); at !== -1; at = bytes.indexOf(MUTATOR, at + 1)) {
    const start = at + MUTATOR.length;
    const end = bytes.indexOf('"', start);
    families.add(bytes.toString("utf8", start, Math.min(end, start + NAME_BYTES_MAX)));
  }
  return families.size > 0 && ![...families].some((family) => wants(family, rank));
}

/** What `read` returns; what says that the line can't be read becomes a DamageError that names it. */
function damageIfUnread<Value>(path: string, line: Line, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof z.ZodError) throw toDamage(path, line, z.prettifyError(error));
    const isPatch = error instanceof TypeError && error.message.startsWith("context patch:");
    if (error instanceof SyntaxError || isPatch) throw toDamage(path, line, error.message);
    throw error;
  }
}

function toDamage(path: string, { number }: Line, what: string): DamageError {
  return new DamageError(
    `${path} line ${number} is no pair/1 and no boundary/1: ${what}. The audit reads folders of \`planstream tier2\` and \`tier3\`.`,
  );
}

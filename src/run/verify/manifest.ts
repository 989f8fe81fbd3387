import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Manifest, manifestSchema } from "../../schema/manifest.ts";
import { toSettingsSha256 } from "../../schema/settings.ts";
import { sumCounts } from "../../schema/tally.ts";
import { toManifestText } from "../manifest.ts";
import { describeDifference, parseJsonBytes } from "./bytes.ts";
import type { Findings } from "./findings.ts";

const FILE = "manifest.json";

/** A manifest as it was found. */
export type ManifestReading = {
  /** Undefined if it can't be read as one. */
  readonly manifest: Manifest | undefined;
  /** True if it is not the one that the journal tells of. */
  readonly isChanged: boolean;
};

/** Checks the manifest by itself and against the hash that the journal holds of it (undefined if the journal has none). */
export async function checkManifest(
  directory: string,
  journaledSha256: string | undefined,
  findings: Findings,
): Promise<ManifestReading> {
  const bytes = await readFile(join(directory, FILE));
  const add = (what: string) => findings.add({ file: FILE, what });
  const reading = parseJsonBytes(bytes);
  const parsed = reading.ok ? manifestSchema.safeParse(reading.value) : undefined;
  // As it stands, not as parsed: the schema gives its keys in an order of its own.
  const manifest = reading.ok && parsed?.success ? (reading.value as Manifest) : undefined;
  if (!reading.ok) add(`it was changed: ${reading.problem}`);
  for (const issue of parsed?.error?.issues ?? [])
    add(`it was changed: ${issue.path.join(".") || "it"}: ${issue.message}`);
  if (manifest) {
    const difference = describeDifference(bytes, Buffer.from(toManifestText(manifest)));
    if (difference) add(`it was changed: ${difference}`);
    for (const what of listImbalances(manifest)) add(what);
  }
  const sha256 = hash("sha256", bytes, "hex");
  const isChanged = journaledSha256 !== undefined && sha256 !== journaledSha256;
  if (isChanged) {
    add(`it was changed: its sha256 is ${sha256}; when the run finished it was ${journaledSha256}`);
  }
  return { manifest, isChanged };
}

/** What does not add up in a manifest by itself. */
function listImbalances(manifest: Manifest): string[] {
  const { settings, settings_sha256, seed, tier, loaders, sources, totals } = manifest;
  const problems: string[] = [];
  const expectEqual = (what: string, found: unknown, why: string, expected: unknown) => {
    if (found !== expected) problems.push(`${what} is ${found}; ${why} ${expected}`);
  };
  expectEqual("settings_sha256", settings_sha256, "the settings give", toSettingsSha256(settings));
  expectEqual("seed", seed, "the settings say", settings.seed);
  expectEqual("tier", tier, "the settings say", settings.tier);
  const summed = { rows_read: 0, added: 0, samples: 0, dropped: 0, quarantined: 0 };
  for (const [id, { rows_read, added, samples, dropped, quarantined, replayed }] of Object.entries(loaders)) {
    const [drops, failures] = [sumCounts(dropped), sumCounts(quarantined)];
    expectEqual(
      `loaders.${id}: rows_read + added`,
      rows_read + added,
      "samples + dropped + quarantined is",
      samples + drops + failures,
    );
    for (const replay of replayed ?? []) {
      expectEqual(
        `loaders.${id}.replayed ${replay.generation}: rows + added`,
        replay.rows + replay.added,
        "samples + dropped + quarantined is",
        replay.samples + replay.dropped + replay.quarantined,
      );
    }
    const files = sources.find(({ loader }) => loader === id)?.files ?? [];
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    expectEqual(`loaders.${id}.rows_read`, rows_read, "the rows of its files add up to", rows);
    summed.rows_read += rows_read;
    summed.added += added;
    summed.samples += samples;
    summed.dropped += drops;
    summed.quarantined += failures;
  }
  for (const key of Object.keys(summed) as (keyof typeof summed)[]) {
    expectEqual(`totals.${key}`, totals[key], "the loaders add up to", summed[key]);
  }
  return problems;
}

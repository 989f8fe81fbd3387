import type { JsonValue } from "#contract";
import type { HubFile } from "../../hub/hub.ts";
import { toJsonLine } from "../../schema/json-line.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { toProvenanceHash, toRowSha256 } from "../../schema/provenance.ts";
import type { Sample } from "../../schema/sample.ts";
import { describeDifference } from "../verify/bytes.ts";
import { listFileProblems } from "../verify/source.ts";
import type { Remade } from "./remake.ts";

/** One thing that was recomputed and compared with what the folder says. */
export type Check = {
  readonly what: "file" | "row_sha256" | "provenance_hash" | "sample";
  readonly node?: number;
  readonly result: "match" | "mismatch" | "unchecked";
  /** What the folder says, and what was found in its place. */
  readonly stored?: string;
  readonly found?: string;
  /** In what they differ, or why it could not be checked. */
  readonly why?: string;
};

/** The loader's code when the samples were made and now (undefined if there is no such loader any more). */
export type CodeDigests = { readonly made: string; readonly now: string | undefined };

/** The file as pinned against the file as the hub lists it now. */
export function checkFile(file: Manifest["sources"][number]["files"][number], now: HubFile | undefined): Check {
  const problems = listFileProblems(file, now);
  const stored = file.sha256 ?? file.etag;
  const known = stored === undefined ? {} : { stored };
  if (problems.length === 0) return { what: "file", result: "match", ...known };
  return { what: "file", result: "mismatch", ...known, why: `it ${problems.join("; ")}` };
}

/** The row as read again against the hash that the sample holds of it. */
export function checkRow(stored: string, row: JsonValue): Check {
  const found = toRowSha256(row);
  return { what: "row_sha256", result: found === stored ? "match" : "mismatch", stored, found };
}

/** The provenance hash of each node (or of just one), from the sample alone. */
export function checkNodes({ execution_plan: { nodes }, metadata }: Sample, only: number | undefined): Check[] {
  return nodes.flatMap(({ tool_name, arguments: args, provenance_hash: stored }, node): Check[] => {
    if (only !== undefined && node !== only) return [];
    const found = toProvenanceHash(metadata.source, { index: node, tool_name, arguments: args });
    return [{ what: "provenance_hash", node, result: found === stored ? "match" : "mismatch", stored, found }];
  });
}

/**
 * The sample's line against the one that today's code makes of the row. Where they differ and the code has changed since,
 * nobody can tell whether it is the code: that is unchecked, not a mismatch.
 */
export function checkSample(line: Buffer, { sample, why }: Remade, { made, now }: CodeDigests): Check {
  const difference = sample ? describeDifference(line, Buffer.from(toJsonLine(sample))) : why;
  if (difference === undefined) return { what: "sample", result: "match" };
  const what = sample ? `the line that today's code makes differs: ${difference}` : `today's code: ${difference}`;
  if (made === now) return { what: "sample", result: "mismatch", why: what };
  return { what: "sample", result: "unchecked", why: `the loader's code has changed since. ${capitalize(what)}` };
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

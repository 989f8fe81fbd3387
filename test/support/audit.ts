import { execFile } from "node:child_process";
import { z } from "zod";
import { toPrintable } from "../../src/contract/printable.ts";
import { PROJECT } from "./planstream.ts";

// node test/support/audit.ts
// Fails if a pinned dependency has a known critical advisory. Registries that don't answer npm's audit (mirrors, no
// network) are no failure: one line says that it was skipped.

/** Milliseconds to wait for the registry. */
const WAIT_MS = 30_000;

/** What npm came back with; `code` is null if it had to be stopped. */
export type AuditAnswer = { readonly code: number | null; readonly stdout: string };

export type Verdict = { readonly ok: boolean; readonly line: string };

const auditSchema = z.object({
  metadata: z.object({ vulnerabilities: z.object({ critical: z.int().min(0), total: z.int().min(0) }) }),
  vulnerabilities: z.record(
    z.string(),
    z.object({ name: z.string(), severity: z.string(), via: z.array(z.unknown()) }),
  ),
});
const errorSchema = z.object({ message: z.string().optional(), error: z.object({ summary: z.string() }).optional() });
const advisorySchema = z.object({ title: z.string(), url: z.string(), severity: z.string() });

/** What an answer of `npm audit --json` means. An answer that is no audit is a registry that doesn't answer it. */
export function toVerdict({ code, stdout }: AuditAnswer): Verdict {
  if (code === null)
    return { ok: true, line: `npm audit: skipped, the registry did not answer in ${WAIT_MS / 1000} s` };
  const value = parseJson(stdout);
  const audit = auditSchema.safeParse(value);
  if (!audit.success)
    return { ok: true, line: `npm audit: skipped, the registry does not answer it (${toWhy(value)})` };
  const { critical, total } = audit.data.metadata.vulnerabilities;
  if (critical === 0) return { ok: true, line: `npm audit: no known critical advisory (${total} of lesser severity)` };
  const names = Object.values(audit.data.vulnerabilities).filter(({ severity }) => severity === "critical");
  const listed = names.map(({ name, via }) => `${name}: ${toTitles(via)}`).join("; ");
  return { ok: false, line: `npm audit: ${critical} critical: ${listed}. Raise the version in package.json.` };
}

function toTitles(via: readonly unknown[]): string {
  const advisories = via.flatMap((cause) => advisorySchema.safeParse(cause).data ?? []);
  const critical = advisories.filter(({ severity }) => severity === "critical");
  // Without an advisory of its own, it has that of a package it needs.
  const titles = critical.map(({ title, url }) => `${title} (${url})`);
  return titles.length > 0
    ? titles.join(", ")
    : `through ${via.filter((cause) => typeof cause === "string").join(", ")}`;
}

function toWhy(value: unknown): string {
  const { message, error } = errorSchema.safeParse(value).data ?? {};
  // The address that npm names is the machine's own setting.
  return (message ?? error?.summary ?? "no audit in its answer").replace(/https?:\S+/g, "").trim() || "no reason given";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function audit(): Promise<AuditAnswer> {
  const args = ["audit", "--omit=dev", "--audit-level=critical", "--json", "--fetch-retries=0"];
  return new Promise((done) => {
    execFile("npm", args, { cwd: PROJECT, timeout: WAIT_MS, maxBuffer: 2 ** 26 }, (error, stdout) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      done({ code, stdout });
    });
  });
}

if (import.meta.main) {
  const { ok, line } = toVerdict(await audit());
  process.stdout.write(`${toPrintable(line)}\n`);
  process.exitCode = ok ? 0 : 1;
}

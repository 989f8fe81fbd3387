import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { toFingerprint } from "../support/planstream.ts";
import type { LaunchEnd } from "./launch.ts";
import { launch } from "./launch.ts";
import { type Arena, HungError, type Verdict, WrongError } from "./scenario.ts";

/** Throws unless the run ended by itself, left nothing behind, and gave one of the exit codes. */
export function assertEnd(end: LaunchEnd, codes: readonly (number | null)[], what: string): void {
  if (end.hung) throw new HungError(what);
  if (!codes.includes(end.code)) {
    throw new WrongError(`${what}: exit ${end.code}, expected ${codes.join(" or ")}. It said: ${tail(end.stderr)}`);
  }
  if (end.leftovers.length > 0) throw new WrongError(`${what}: left behind ${end.leftovers.join(", ")}`);
  if (/unhandled|uncaught/i.test(end.stderr)) throw new WrongError(`${what}: ${tail(end.stderr)}`);
}

/** Throws unless stderr and stdout together say it. */
export function assertSaid(end: LaunchEnd, words: RegExp, what: string): void {
  if (!words.test(end.stderr + end.stdout)) {
    throw new WrongError(`${what}: did not say ${words}. It said: ${tail(end.stderr)}`);
  }
}

/** Throws unless the folder holds the undisturbed bytes, and nothing half-done beside them. */
export function assertIdentical(output: string, reference: Readonly<Record<string, string>>, what: string): void {
  const found = toFingerprint(output);
  const paths = [...new Set([...Object.keys(reference), ...Object.keys(found)])];
  const other = paths.filter((path) => found[path] !== reference[path]);
  if (other.length > 0) throw new WrongError(`${what}: other bytes in ${other.join(", ")}`);
  const growing = ["parts", "quarantine"].flatMap((name) => list(join(output, ".run", name)));
  const halfDone = [...growing, ...list(output).filter((name) => name.endsWith(".tmp"))];
  if (halfDone.length > 0) throw new WrongError(`${what}: left half-done files: ${halfDone.join(", ")}`);
}

/** Runs the world's command without any fault and throws unless it ends with the undisturbed bytes. */
export async function assertHeals(arena: Arena, output: string, what: string): Promise<void> {
  const { world, random, temporary } = arena;
  const args = world.toArgs(output, ["--workers", String(random.int(1, 3))]);
  const end = await launch(args, { temporary }).ended;
  assertEnd(end, [0], `${what}, then without the fault`);
  assertIdentical(output, world.reference, `${what}, then without the fault`);
}

/** A manifest stands only over a finished run. */
export function assertUnpublished(output: string, what: string): void {
  if (existsSync(join(output, "manifest.json"))) throw new WrongError(`${what}: published a manifest`);
}

export const identical = (detail: string): Verdict => ({ outcome: "identical", detail });
export const failedCleanly = (detail: string): Verdict => ({ outcome: "failed cleanly", detail });

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function tail(text: string): string {
  return text.trim().slice(-600);
}

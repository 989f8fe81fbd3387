import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { onTestFinished } from "vitest";
import { Governor } from "../../src/hub/governor.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { type HubOptions, openHub } from "../../src/hub/open-hub.ts";
import { type HubServer, type HubServerOptions, startHubServer } from "../support/hub-server.ts";

export const DATASET = "plan-stream/two_rivers";
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** Bytes that differ at every offset a test may mix up. */
export function makeBytes(length: number, seed: number): Buffer {
  return Buffer.from(
    Uint32Array.from({ length: Math.ceil(length / 4) }, (_, i) => Math.imul(i + seed, 2654435761)).buffer,
  ).subarray(0, length);
}

/** What the fixture dataset holds, by path. Only the parquet file is too large to be fetched whole. */
export const CONTENT: Readonly<Record<string, Buffer>> = {
  "README.md": Buffer.from("# Two rivers\n"),
  "data/train-00000-of-00001.parquet": makeBytes(300_001, 1),
  "data/plain.jsonl": makeBytes(5_000, 2),
  "data/empty.jsonl": Buffer.alloc(0),
  "odd/with space#1?x=%41&b+c.bin": makeBytes(999, 3),
  "odd/größe-河-🛶.bin": makeBytes(1_001, 4),
};

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function gitOid(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/**
 * A cache directory as `hf download` leaves it: the README as a git blob, the parquet file as an LFS blob, both behind
 * symlinks; the others as plain files, as in a copy made without symlinks.
 */
export function makeCache(): string {
  const directory = mkdtempSync(join(tmpdir(), "planstream-hub-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const folder = toFolder(directory, DATASET);
  writeFile(join(folder, "refs", "main"), COMMIT);
  for (const [path, bytes] of Object.entries(CONTENT)) {
    const place = join(folder, "snapshots", COMMIT, path);
    if (path === "README.md") writeBlob(folder, place, gitOid(bytes), bytes);
    else if (path.endsWith(".parquet")) writeBlob(folder, place, sha256(bytes), bytes);
    else writeFile(place, bytes);
  }
  return directory;
}

export function toFolder(directory: string, dataset: string): string {
  return join(directory, `datasets--${dataset.replace("/", "--")}`);
}

export function writeFile(place: string, content: string | Uint8Array): void {
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
}

export function writeBlob(folder: string, place: string, name: string, content: Uint8Array): void {
  const blob = join(folder, "blobs", name);
  writeFile(blob, content);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(relative(dirname(place), blob), place);
}

/** A server over a fresh cache and a hub on it with quick retries; both are closed with the test. */
export async function serve(server: HubServerOptions = {}, options: HubOptions = {}): Promise<Served> {
  const directory = makeCache();
  const started = await startHubServer(directory, server);
  onTestFinished(() => started.close());
  const hub = openHub(started.url, { retryDelayMs: 1, governor: new Governor(8), ...options });
  onTestFinished(() => hub.close());
  return { directory, server: started, hub };
}

export type Served = { directory: string; server: HubServer; hub: Hub };

/** A file of the fixture as a byte source, found by listing; the requests so far are forgotten. */
export async function openFile({ hub, server }: Served, path = "data/train-00000-of-00001.parquet") {
  const [file] = await hub.list(DATASET, COMMIT, (listed) => listed === path);
  if (file === undefined) throw new Error(`the fixture has no ${path}`);
  server.requests.length = 0;
  return hub.open(DATASET, COMMIT, file);
}

/** The error that a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error("expected a rejection with an Error");
}

import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DamageError } from "../../src/contract/errors.ts";
import { openReplyCache, scanCache } from "../../src/llm/reply-cache.ts";
import { ReplyDigest } from "../../src/llm/reply-digest.ts";
import { ReplyIndex } from "../../src/llm/reply-index.ts";
import { sha256 } from "../../src/llm/reply-key.ts";
import type { StoredReply, Tombstone } from "../../src/schema/reply-line.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const at = "2026-11-20T12:00:00Z";

function toReply(key: string, raw: string, hold = 1): StoredReply {
  return { key, hold: `0123456789abcdef:1-${hold}`, at, nusd: 7, usage: { in: 1, out: 1 }, raw };
}

function toTombstone(key: string): Tombstone {
  return { key, tombstone: "outcome_unknown", at, detail: "ECONNRESET" };
}

async function open(directory: string) {
  return openReplyCache(directory, await scanCache(directory));
}

test("gives back every reply byte for byte, now and after it was opened again", async () => {
  const directory = await mkdtemp(join(folder, "cache-"));
  const raws = ['{"a":"\\u0000\u2028\\"\\\\n"}', "plain ✓ \u{1f600}", "", "line\nline\r\n", "x".repeat(3_000_000)];
  const replies = raws.map((raw, i) => toReply(sha256(`question ${i}`), raw, i));
  const cache = await open(directory);
  await Promise.all(replies.map((reply) => cache.put(reply)));
  for (const reply of replies) expect(await cache.get(reply.key)).toEqual(reply);
  expect(await cache.get(sha256("never asked"))).toBeUndefined();
  await cache.close();
  const again = await open(directory);
  for (const reply of replies) {
    expect(again.has(reply.key)).toBe(true);
    expect(await again.get(reply.key)).toEqual(reply);
  }
  expect(again.has(sha256("never asked"))).toBe(false);
  await again.close();
  const names = readdirSync(directory);
  expect(names.sort()).toEqual([...new Set(replies.map(({ key }) => `${key.slice(0, 2)}.jsonl`))].sort());
});

test("a reply that was put ahead is told from others once, however many there are", async () => {
  const directory = await mkdtemp(join(folder, "cache-"));
  const cache = await open(directory);
  // All in one of the cache's files, so that its index grows several times.
  const keys = Array.from({ length: 500 }, (_, i) => `ab${sha256(`question ${i}`).slice(2)}`);
  const isAhead = (i: number) => i % 3 === 0;
  for (const [i, key] of keys.entries()) await cache[isAhead(i) ? "putAhead" : "put"](toReply(key, "raw", i));
  expect(keys.map((key) => cache.takeAhead(key))).toEqual(keys.map((_, i) => isAhead(i)));
  expect(keys.filter((key) => cache.takeAhead(key))).toEqual([]);
  expect(cache.takeAhead(sha256("never asked"))).toBe(false);
  await cache.close();
  const again = await open(directory);
  expect(keys.filter((key) => again.takeAhead(key))).toEqual([]);
  await again.close();
});

test("the first reply stays; a reply takes the place of a tombstone, and not the other way round", async () => {
  const directory = await mkdtemp(join(folder, "cache-"));
  const key = sha256("question");
  const cache = await open(directory);
  await cache.put(toTombstone(key));
  expect(await cache.get(key)).toEqual(toTombstone(key));
  await cache.put(toReply(key, "first", 1));
  await cache.put(toReply(key, "second", 2));
  await cache.put(toTombstone(key));
  expect(await cache.get(key)).toEqual(toReply(key, "first", 1));
  await cache.close();
  const again = await open(directory);
  expect(await again.get(key)).toEqual(toReply(key, "first", 1));
  await again.close();
});

test("a last line that was cut off is left out and taken away; cut anywhere else it is damage", async () => {
  const directory = await mkdtemp(join(folder, "cache-"));
  const [a, b] = ["00".repeat(32), `00${"11".repeat(31)}`];
  const cache = await open(directory);
  await cache.put(toReply(a, "first"));
  await cache.put(toReply(b, "second"));
  await cache.close();
  const path = join(directory, "00.jsonl");
  const bytes = readFileSync(path);
  const second = bytes.indexOf(10) + 1;
  for (let length = second; length < bytes.length; length += 7) {
    writeFileSync(path, bytes.subarray(0, length));
    const torn = await open(directory);
    expect([await torn.get(a), await torn.get(b)]).toEqual([toReply(a, "first"), undefined]);
    await torn.put(toReply(b, "again"));
    await torn.close();
    const healed = await open(directory);
    expect(await healed.get(b)).toEqual(toReply(b, "again"));
    await healed.close();
  }
  for (let at = 0; at < bytes.length - 1; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 1;
    writeFileSync(path, changed);
    await expect(scanCache(directory), `byte ${at}`).rejects.toThrow(DamageError);
    expect(readFileSync(path)).toEqual(changed);
  }
});

test("a line in the file of other keys is damage", async () => {
  const directory = await mkdtemp(join(folder, "cache-"));
  const cache = await open(directory);
  await cache.put(toReply("ab".repeat(32), "reply"));
  await cache.close();
  appendFileSync(join(directory, "cd.jsonl"), readFileSync(join(directory, "ab.jsonl")));
  rmSync(join(directory, "ab.jsonl"));
  await expect(scanCache(directory)).rejects.toThrow(/cd.jsonl, the line at byte 0/);
});

test("keys that look alike in the index are told apart by their lines", async () => {
  const directory = await mkdtemp(join(folder, "cache-"));
  const alike = ["00", "01", "02"].map((end) => `aa${"b".repeat(60)}${end}`);
  const cache = await open(directory);
  // The index keeps the first of them alone: the others are not found, so they are bought again, and never mistaken.
  for (const [i, key] of alike.entries()) await cache.put(toReply(key, `reply ${i}`, i));
  const found = await Promise.all(alike.map((key) => cache.get(key)));
  expect(found[0]).toEqual(toReply(alike[0] as string, "reply 0", 0));
  for (const [i, line] of found.entries()) expect([undefined, alike[i]]).toContain(line?.key);
  await cache.close();
});

test("the index finds what a map would find", () => {
  const places = fc.record({
    start: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
    length: fc.integer({ min: 1, max: 2 ** 23 - 1 }),
    isReply: fc.boolean(),
  });
  const keys = fc.integer({ min: 0, max: 150 }).map((number) => sha256(String(number)));
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, places), { maxLength: 400 }), (added) => {
      const index = new ReplyIndex();
      const map = new Map<string, { isReply: boolean }>();
      for (const [key, place] of added) {
        index.add(key, place);
        const known = map.get(key);
        if (known === undefined || (place.isReply && !known.isReply)) map.set(key, place);
      }
      expect(index.size).toBe(map.size);
      for (const [key, place] of map) expect(index.find(key)).toEqual([place]);
      expect(index.find(sha256("absent"))).toEqual([]);
    }),
    { seed: 4, numRuns: 200 },
  );
});

test("the digest of a run is that of its parts, in any order, and of nothing else", () => {
  const uses = Array.from({ length: 20 }, (_, i) => ({ key: sha256(`k${i}`), sha256: sha256(`r${i}`) }));
  const toDigest = (list: typeof uses): string => {
    const digest = new ReplyDigest();
    for (const use of list) digest.add(use);
    return digest.toString();
  };
  const sum = new ReplyDigest();
  sum.addDigest(toDigest(uses.slice(0, 7)));
  sum.addDigest(toDigest(uses.slice(7)));
  expect(sum.toString()).toBe(toDigest(uses));
  expect(toDigest(uses.toReversed())).toBe(toDigest(uses));
  expect(toDigest(uses.slice(1))).not.toBe(toDigest(uses));
  expect(toDigest([...uses, uses[0] as (typeof uses)[number]])).not.toBe(toDigest(uses));
  expect(toDigest([])).toBe("0".repeat(64));
});

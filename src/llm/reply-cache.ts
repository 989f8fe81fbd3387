import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DamageError } from "#contract";
import { readCheck, toCheckedLine } from "../schema/checked-line.ts";
import { parseJsonText } from "../schema/json-text.ts";
import { type ReplyLine, replyLineSchema } from "../schema/reply-line.ts";
import { type AppendLog, openAppendLog } from "./append-log.ts";
import { readLines } from "./read-lines.ts";
import { ReplyIndex } from "./reply-index.ts";

/** One file of the cache: the lines of all keys that begin with its two digits. */
type Shard = { readonly path: string; readonly index: ReplyIndex; bytes: number; log?: Promise<AppendLog> };

/** The cache's files as they were found. */
export type CacheScan = ReadonlyMap<string, Shard>;

/** What a scan says of a line before anybody reads it: its hold's name, or undefined for a tombstone. */
export type OnLine = (hold: string | undefined, read: () => ReplyLine) => void;

/**
 * Replies by key, each as the vendor sent it, for good: nothing is ever evicted or changed. A line is on disk before
 * `put` returns. Reading one that is damaged throws DamageError.
 */
export type ReplyCache = {
  get(key: string): Promise<ReplyLine | undefined>;
  /** True if there is a line for the key (but for one chance in 2^64: lines are told apart when they are read). */
  has(key: string): boolean;
  /** A reply stays if there is one already. */
  put(line: ReplyLine): Promise<void>;
  /** The same for a reply that was bought before anybody asked for it, as those of batches are. */
  putAhead(line: ReplyLine): Promise<void>;
  /** True at the first use of a reply that this process has put ahead, and never again. */
  takeAhead(key: string): boolean;
  close(): Promise<void>;
};

const HEAD_BYTES = 200;
const HEAD = /^{"check":"[0-9a-f]{32}","key":"([0-9a-f]{64})","(?:hold":"([0-9a-f:-]+)"|tombstone":)/;

/**
 * Reads all of a cache's files without touching them, and checks each line. A last line that was cut off by a crash is
 * left out (its reply was not paid for yet by the books); any other damage throws DamageError. Memory: the index.
 */
export async function scanCache(directory: string, onLine?: OnLine): Promise<CacheScan> {
  const shards = new Map<string, Shard>();
  for (const name of await listShards(directory)) {
    const path = join(directory, name);
    const index = new ReplyIndex();
    const bytes = await readLines(path, (line, start) => {
      const [, key, hold] = HEAD.exec(line.toString("latin1", 0, HEAD_BYTES)) ?? [];
      if (key === undefined || !name.startsWith(key.slice(0, 2)) || readCheck("", line) === undefined) {
        throw damaged(path, start);
      }
      index.add(key, { start, length: line.length, isReply: hold !== undefined });
      onLine?.(hold, () => parseLine(line, path, start));
    });
    shards.set(name.slice(0, 2), { path, index, bytes });
  }
  return shards;
}

/** Opens a cache that was just scanned. The caller holds the ledger's lock. */
export function openReplyCache(directory: string, scan: CacheScan): ReplyCache {
  const shards = new Map(scan);
  const toShard = (key: string): Shard => {
    const digits = key.slice(0, 2);
    const shard = shards.get(digits) ?? { path: join(directory, `${digits}.jsonl`), index: new ReplyIndex(), bytes: 0 };
    shards.set(digits, shard);
    return shard;
  };
  const openLog = (shard: Shard): Promise<AppendLog> => {
    shard.log ??= openAppendLog(shard.path, shard.bytes);
    return shard.log;
  };

  const put = async (reply: ReplyLine): Promise<Shard> => {
    const shard = toShard(reply.key);
    const { line } = toCheckedLine("", reply);
    const length = Buffer.byteLength(line) - 1;
    const start = await (await openLog(shard)).append(line);
    shard.index.add(reply.key, { start, length, isReply: "raw" in reply });
    return shard;
  };

  return {
    async get(key) {
      const shard = toShard(key);
      for (const { start, length } of shard.index.find(key)) {
        const line = await (await openLog(shard)).read(start, length);
        if (readCheck("", line) === undefined) throw damaged(shard.path, start);
        const reply = parseLine(line, shard.path, start);
        if (reply.key === key) return reply;
      }
      return undefined;
    },
    has: (key) => toShard(key).index.find(key).length > 0,
    async put(reply) {
      await put(reply);
    },
    async putAhead(reply) {
      const { index } = await put(reply);
      index.markUnused(reply.key);
    },
    takeAhead: (key) => toShard(key).index.takeUnused(key),
    async close() {
      for (const { log } of shards.values()) await (await log)?.close();
    },
  };
}

/** A line of a cache that was scanned, read without opening anything to write; for those who hold no lock. */
export async function findStored(scan: CacheScan, key: string): Promise<ReplyLine | undefined> {
  const shard = scan.get(key.slice(0, 2));
  const places = shard?.index.find(key) ?? [];
  if (!shard || places.length === 0) return undefined;
  const handle = await open(shard.path, "r");
  try {
    for (const { start, length } of places) {
      const line = Buffer.allocUnsafe(length);
      const { bytesRead } = await handle.read(line, 0, length, start);
      if (readCheck("", line.subarray(0, bytesRead)) === undefined) throw damaged(shard.path, start);
      const reply = parseLine(line, shard.path, start);
      if (reply.key === key) return reply;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

async function listShards(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => /^[0-9a-f]{2}\.jsonl$/.test(name)).sort();
}

function parseLine(line: Buffer, path: string, start: number): ReplyLine {
  const { check: _, ...body } = parseJsonText(line.toString("utf8")) as Record<string, unknown>;
  const parsed = replyLineSchema.safeParse(body);
  if (!parsed.success) throw damaged(path, start);
  return parsed.data;
}

function damaged(path: string, start: number): DamageError {
  return new DamageError(
    `${path}, the line at byte ${start}: its check does not match. The reply cache was changed by something other than planstream. Nothing was sent and nothing was touched. Restore the file from a copy; without it, its replies would be paid for again.`,
  );
}

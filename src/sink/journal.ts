import { hash } from "node:crypto";
import { type FileHandle, open, readFile, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { DamageError } from "#contract";
import { diskStep, writeStep } from "../contract/disk-step.ts";
import { type JournalEvent, journalEventSchema } from "../schema/journal.ts";
import { parseOwnJson } from "../schema/json-text.ts";
import { syncDirectory } from "./durable.ts";

/**
 * The journal of a run folder: one event a line, appended and flushed, never changed. Each line carries a check over
 * itself and all lines before it, so that a line that was edited, lost or put in again is seen.
 */
export type Journal = {
  /** What was in it when it was opened. */
  readonly events: readonly JournalEvent[];
  /** Takes away a last line that a crash cut off. The first append does so, too. */
  trim(): Promise<void>;
  /** Appends, and returns when the lines are on disk. */
  append(events: readonly JournalEvent[]): Promise<void>;
  close(): Promise<void>;
};

const CHECK_DIGITS = 32;
const LINE = new RegExp(`^{"check":"([0-9a-f]{${CHECK_DIGITS}})",(.*)$`, "s");

/**
 * Opens a journal; one that is not there is made by the first append. A last line without its line end was cut off by a
 * crash: it doesn't count, what it told of is done again. Anything else that does not add up throws DamageError. Opening
 * writes nothing, so that a start that is refused for another reason leaves the journal as it was.
 */
export async function openJournal(path: string): Promise<Journal> {
  const { events, check: lastCheck, bytes, tornBytes } = await readJournal(path);
  let check = lastCheck;
  let opened: FileHandle | undefined;
  let isTorn = tornBytes > 0;

  async function trim(): Promise<void> {
    if (!isTorn) return;
    await diskStep("journal.trim", path, () => truncate(path, bytes));
    isTorn = false;
  }

  async function openToAppend(): Promise<FileHandle> {
    await trim();
    const handle = await diskStep("journal.open", path, () => open(path, "a"));
    await syncDirectory(dirname(path));
    return handle;
  }

  return {
    events,
    trim,
    async append(added) {
      opened ??= await openToAppend();
      const handle = opened;
      let text = "";
      for (const event of added) {
        const body = JSON.stringify(event);
        check = toCheck(check, body);
        text += `{"check":"${check}",${body.slice(1)}\n`;
      }
      await writeStep("journal.write", path, Buffer.from(text), (part) => handle.appendFile(part));
      await diskStep("journal.sync", path, () => handle.datasync());
    },
    async close() {
      await opened?.close();
    },
  };
}

/** A journal as it lies on disk. */
export type JournalContent = {
  readonly events: JournalEvent[];
  /** The last line's. */
  readonly check: string;
  /** Where the last whole line ends, and how many bytes lie beyond. */
  readonly bytes: number;
  readonly tornBytes: number;
};

/** Reads a journal without touching it. Throws DamageError. */
export async function readJournal(path: string): Promise<JournalContent> {
  const content = await readIfThere(path);
  const bytes = content.lastIndexOf(10) + 1;
  const lines = content.subarray(0, bytes).toString("utf8").split("\n").slice(0, -1);
  const events: JournalEvent[] = [];
  let check = "";
  for (const [index, line] of lines.entries()) {
    const [, stated, rest] = LINE.exec(line) ?? [];
    const body = `{${rest}`;
    check = toCheck(check, body);
    if (stated !== check) throw damaged(path, index, "its check does not match");
    const parsed = journalEventSchema.safeParse(parseOwnJson(body));
    if (!parsed.success) throw damaged(path, index, parsed.error.issues[0]?.message ?? "not an event");
    events.push(parsed.data);
  }
  return { events, check, bytes, tornBytes: content.length - bytes };
}

function toCheck(previous: string, body: string): string {
  return hash("sha256", `${previous}\n${body}`, "hex").slice(0, CHECK_DIGITS);
}

function damaged(path: string, index: number, what: string): DamageError {
  return new DamageError(
    `${path} line ${index + 1}: ${what}. The journal was changed by something other than planstream, or by an incompatible version of it. Nothing was touched. Restore the folder from a copy, or start over with --fresh.`,
  );
}

async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

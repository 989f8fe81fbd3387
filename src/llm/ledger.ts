import { randomBytes } from "node:crypto";
import { DamageError } from "#contract";
import { readCheck, toCheckedLine } from "../schema/checked-line.ts";
import { parseJsonText } from "../schema/json-text.ts";
import { type LedgerEvent, ledgerEventSchema } from "../schema/ledger.ts";
import { openAppendLog } from "./append-log.ts";
import { addEvent, createLedgerFold, type LedgerFold } from "./ledger-fold.ts";
import { readLines } from "./read-lines.ts";

/** An event before it is written: the ledger puts the time on it. */
export type NewLedgerEvent = LedgerEvent extends infer Event
  ? Event extends LedgerEvent
    ? Omit<Event, "at">
    : never
  : never;

/** What a ledger holds, read without touching it. */
export type LedgerContent = { readonly fold: LedgerFold; readonly check: string; readonly bytes: number };

/**
 * The ledger: every dollar that may have been spent, one event a line, appended and flushed, never changed. Each line
 * carries a check over itself and all before it.
 */
export type Ledger = {
  readonly fold: Readonly<LedgerFold>;
  /** The number that this opening's holds begin with. */
  readonly opening: number;
  /**
   * Takes holds out of the room under the cap at once, and returns when they are on disk. Only then may their requests be
   * sent.
   */
  hold(...events: readonly Extract<NewLedgerEvent, { t: "reserve" }>[]): Promise<void>;
  /** Writes events, and returns when they are on disk; only then do they count. */
  append(events: readonly NewLedgerEvent[]): Promise<void>;
  close(): Promise<void>;
};

/**
 * Reads a ledger, in memory that grows with its open holds alone. A last line without its line end was cut off by a crash
 * (what it told of was never acted on) and is left out; anything else that does not add up throws DamageError.
 */
export async function readLedger(path: string, onEvent?: (event: LedgerEvent) => void): Promise<LedgerContent> {
  const fold = createLedgerFold();
  let check = "";
  let lines = 0;
  const bytes = await readLines(path, (line) => {
    lines += 1;
    const next = readCheck(check, line);
    if (next === undefined) throw damaged(path, lines, "its check does not match");
    check = next;
    try {
      const event = parseEvent(line);
      addEvent(fold, event);
      onEvent?.(event);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
      throw damaged(path, lines, error.message);
    }
  });
  return { fold, check, bytes };
}

/** Opens a ledger that was just read, for a run. The caller holds the folder's lock. `now` is the clock of its lines. */
export async function openLedger(
  path: string,
  content: LedgerContent,
  { run, pricesSha256, now }: { run: string; pricesSha256: string; now: () => Date },
): Promise<Ledger> {
  const { fold } = content;
  const log = await openAppendLog(path, content.bytes);
  let { check } = content;

  const date = (events: readonly NewLedgerEvent[]): readonly LedgerEvent[] => {
    const at = `${now().toISOString().slice(0, 19)}Z`;
    return events.map((event) => ({ at, ...event }) as LedgerEvent);
  };

  const write = async (dated: readonly LedgerEvent[]): Promise<void> => {
    let lines = "";
    for (const event of dated) {
      const next = toCheckedLine(check, event);
      check = next.check;
      lines += next.line;
    }
    await log.append(lines);
  };

  const ledger: Ledger = {
    fold,
    opening: fold.openings + 1,
    async hold(...events) {
      const dated = date(events);
      for (const event of dated) addEvent(fold, event);
      await write(dated);
    },
    async append(events) {
      const dated = date(events);
      await write(dated);
      for (const event of dated) addEvent(fold, event);
    },
    close: () => log.close(),
  };
  const id = fold.ledger ?? randomBytes(8).toString("hex");
  try {
    await ledger.append([{ t: "open", ledger: id, run, prices_sha256: pricesSha256 }]);
  } catch (error) {
    await log.close();
    throw error;
  }
  return ledger;
}

function parseEvent(line: Buffer): LedgerEvent {
  const { check: _, ...body } = parseJsonText(line.toString("utf8")) as Record<string, unknown>;
  const parsed = ledgerEventSchema.safeParse(body);
  if (!parsed.success) throw new RangeError(parsed.error.issues[0]?.message ?? "not an event");
  return parsed.data;
}

function damaged(path: string, line: number, what: string): DamageError {
  return new DamageError(
    `${path} line ${line}: ${what}. The ledger was changed by something other than planstream, or by another version of it, so nobody knows what was spent. Nothing was sent and nothing was touched. Restore the file from a copy.`,
  );
}

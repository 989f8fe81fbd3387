import type { Draw } from "../../src/llm/mock-value.ts";
import type { JsonObject } from "../../src/schema/json.ts";
import type { LlmBill } from "./llm-bill.ts";
import { type FaultShares, pickFault } from "./llm-faults.ts";
import { type Dialect, type ModelAnswer, toAnswer, toContentKind, toRequestHash } from "./llm-replies.ts";
import type { ServerSettings } from "./llm-server.ts";

const ROW_FAULTS = ["rowErrored", "rowExpired", "rowCanceled", "rowUnwritten"] as const;

/** What becomes of a row. `unwritten`: answered and billed, and its line is missing in the results. */
export type RowEnd = "succeeded" | "errored" | "invalid" | "expired" | "canceled" | "unwritten";

export type BatchRow = {
  readonly customId: string;
  readonly request: string;
  readonly answer: ModelAnswer;
  end: RowEnd;
  /** Answered as soon as the batch is there; the others are when it ends. */
  readonly isEarly: boolean;
  isBilled: boolean;
};

export type Batch = {
  readonly id: string;
  readonly metadata: JsonObject;
  readonly inputFile: string;
  readonly createdAtMs: number;
  readonly rows: readonly BatchRow[];
  /** Refused as a whole when it is looked at: OpenAI's "failed". None of it is ever billed. */
  readonly isFailed: boolean;
  endsAtMs: number;
  isEnded: boolean;
  isCanceled: boolean;
};

/** The batches of both vendors: made, worked on by the clock, ended. */
export class BatchStore {
  /** Newest first, as both vendors list them. */
  readonly batches: Batch[] = [];
  readonly #bill: LlmBill;
  readonly #settings: ServerSettings;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(bill: LlmBill, settings: ServerSettings) {
    this.#bill = bill;
    this.#settings = settings;
  }

  create(
    dialect: Dialect,
    rows: readonly { readonly customId: string; readonly params: JsonObject }[],
    { draw, metadata = {}, inputFile = "" }: { draw: Draw; metadata?: JsonObject; inputFile?: string },
  ): Batch {
    const { seed, content, batchMs } = this.#settings;
    const faults = this.#settings.faults();
    const made = rows.map(({ customId, params }): BatchRow => {
      const kind = toContentKind(seed, toRequestHash(params), content);
      const isRefused = kind === "refused400" || kind === "refused413";
      const answer = toAnswer(dialect, params, { seed, kind, draw, ...wrongUsageOf(faults) });
      return {
        customId,
        request: toRequestHash(params),
        answer,
        end: isRefused ? "invalid" : toRowEnd(faults, draw),
        isEarly: draw() < 0.5,
        isBilled: false,
      };
    });
    const endsInMs = Math.round(batchMs * (0.2 + draw()));
    const batch: Batch = {
      id: `${dialect === "anthropic" ? "msgbatch" : "batch"}_${String(this.batches.length + 1).padStart(6, "0")}`,
      metadata,
      inputFile,
      createdAtMs: this.#settings.nowMs(),
      rows: made,
      isFailed: dialect === "openai" && draw() < (faults.batchFailed ?? 0),
      endsAtMs: Date.now() + endsInMs,
      isEnded: false,
      isCanceled: false,
    };
    this.batches.unshift(batch);
    if (!batch.isFailed) this.#work(batch, (row) => row.isEarly);
    const timer = setTimeout(() => this.#endIfDue(batch), endsInMs + 1);
    this.#timers.add(timer);
    return batch;
  }

  find(id: string): Batch | undefined {
    const batch = this.batches.find((one) => one.id === id);
    if (batch) this.#endIfDue(batch);
    return batch;
  }

  /** What is not answered yet won't be. */
  cancel(batch: Batch): void {
    if (batch.isEnded) return;
    batch.isCanceled = true;
    for (const row of batch.rows) if (!row.isBilled && row.end !== "invalid") row.end = "canceled";
    batch.endsAtMs = Date.now();
    this.#endIfDue(batch);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #endIfDue(batch: Batch): void {
    if (batch.isEnded || Date.now() < batch.endsAtMs) return;
    if (!batch.isFailed) this.#work(batch, () => true);
    batch.isEnded = true;
  }

  #work(batch: Batch, isNow: (row: BatchRow) => boolean): void {
    for (const row of batch.rows) {
      if (row.isBilled || !isNow(row) || (row.end !== "succeeded" && row.end !== "unwritten")) continue;
      row.isBilled = true;
      this.#bill.charge(row.request, row.answer.tokens, "batch");
    }
  }
}

function toRowEnd(faults: FaultShares, draw: Draw): RowEnd {
  const fault = pickFault(ROW_FAULTS, faults, draw);
  return fault === undefined ? "succeeded" : (fault.slice("row".length).toLowerCase() as RowEnd);
}

export function wrongUsageOf({ wrongUsage }: FaultShares): { wrongUsage?: number } {
  return wrongUsage === undefined ? {} : { wrongUsage };
}

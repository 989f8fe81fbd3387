import type { ReplyLine, Tombstone } from "../schema/reply-line.ts";
import type { Breaker } from "./breaker.ts";
import type { Gate, Hold } from "./gate.ts";
import { type BoundRequest, toHoldNusd } from "./hold-bound.ts";
import type { Ledger } from "./ledger.ts";
import type { Nusd } from "./money.ts";
import { type ModelPrice, toCost } from "./prices.ts";
import type { Outcome, Provider } from "./provider.ts";
import { refusedAll, toStopError, unreachable } from "./provider-errors.ts";
import type { RateLimit, RateReport, TokenEstimate } from "./rate-limit.ts";
import type { ReplyCache } from "./reply-cache.ts";

/** What a reply is bought with and through. */
export type BuyDesk = {
  readonly provider: Provider;
  /** "vendor/model", as the ledger names it. */
  readonly model: string;
  readonly price: ModelPrice;
  readonly ledger: Ledger;
  readonly gate: Gate;
  readonly cache: ReplyCache;
  readonly rateLimit: RateLimit;
  readonly breaker: Breaker;
  readonly seen: Seen;
  readonly now: () => Date;
};

/**
 * What this process has seen of the vendor: `answers` of any kind, and `replies`, those in the cache too, since they were
 * asked for in the same way.
 */
export type Seen = { answers: number; replies: number; refusedFirst: number; tokensOutMean: number };

/** A request whose reply is not in the cache. */
export type Order = BoundRequest & { readonly key: string; readonly loader: string };

/** Outcomes of one request that may be lost: each was charged in full. */
const LOST_MAX = 2;
/** Tries of one request that were not billed: with pauses that grow to half a minute, a good ten minutes. */
const FREE_TRIES_MAX = 30;
const PAUSE_MS = 500;
const PAUSE_MS_MAX = 30_000;
/** Refusals in a row, and never a reply: then it is not the one request that is wrong. */
const REFUSED_FIRST_MAX = 8;
/** About so many bytes of a body are a token; a wrong guess only moves when requests are sent. */
const BYTES_PER_TOKEN = 4;

/**
 * Gets a reply from the vendor and puts it into the cache. A question that gets none leaves a tombstone there. Each try
 * has its own hold, and its outcome is booked before anything else is done.
 *
 * Throws BudgetError when the gate refuses, SourceError when the vendor can't be asked, the signal's reason.
 */
export async function buyReply(desk: BuyDesk, order: Order, signal: AbortSignal): Promise<ReplyLine> {
  let lost = 0;
  let answersBefore = 0;
  for (let attempt = 0, freeTries = 0; ; attempt++) {
    const sent = await sendOnce(desk, order, { signal, attempt, freeTries });
    if ("line" in sent) return sent.line;
    const { outcome, isProbe } = sent;
    if (outcome.kind === "free") {
      if (outcome.reason === "bad_request") return await bury(desk, order, "bad_request", outcome);
      freeTries += 1;
      if (freeTries >= FREE_TRIES_MAX) throw unreachable(desk.provider, outcome.detail, freeTries);
    } else if (!isProbe) {
      // A probe is sent while nobody is answered, so that its loss says nothing of this request.
      lost += 1;
      if (lost === 1) answersBefore = desk.seen.answers;
      const isHealthy = desk.seen.answers > answersBefore;
      if (lost >= LOST_MAX) return await bury(desk, order, "outcome_unknown", outcome, isHealthy);
    }
  }
}

type Failed = { readonly outcome: Exclude<Outcome, { kind: "reply" }>; readonly isProbe: boolean };
type Try = { readonly signal: AbortSignal; readonly attempt: number; readonly freeTries: number };

/** One try: leave to send, hold, send, keep the reply, book; in this order. */
async function sendOnce(
  desk: BuyDesk,
  order: Order,
  { signal, attempt, freeTries }: Try,
): Promise<Failed | { readonly line: ReplyLine }> {
  const { breaker, gate, model, provider, rateLimit, seen } = desk;
  const nusd = toHoldNusd(order, desk.price, "direct");
  const permit = await rateLimit.acquire(toEstimate(order, seen), signal);
  let entry: { readonly isProbe: boolean } | undefined;
  let outcome: Outcome | undefined;
  try {
    // The breaker comes after the queue: a request that passed it before an outage must not be sent into it.
    entry = await breaker.enter(signal);
    const hold = await gate.reserve({ key: order.key, nusd, model, mode: "direct", loader: order.loader }, signal);
    outcome = await provider.send(order.body, { signal, key: order.key, attempt });
    if (isAnswered(outcome)) seen.answers += 1;
    if (outcome.kind === "reply") return { line: await keep(desk, order, hold, outcome) };
    await gate.settle(hold, { nusd: outcome.kind === "free" ? 0 : hold.nusd, why: outcome.kind });
    signal.throwIfAborted();
    stopIfAllWouldFail(desk, outcome);
    return { outcome, isProbe: entry.isProbe };
  } finally {
    if (entry) breaker.report(entry.isProbe, toReport(outcome, signal.aborted));
    permit.release(toRateReport(outcome, freeTries));
  }
}

/** Before the next one is let through: a refusal that every request would get ends all sending. */
function stopIfAllWouldFail({ gate, provider }: BuyDesk, outcome: Failed["outcome"]): void {
  const error = outcome.kind === "free" ? toStopError(outcome, provider) : undefined;
  if (error === undefined) return;
  gate.stop(error);
  throw error;
}

/** The reply goes into the cache first: a crash before the ledger knows of it finds there what it has cost. */
async function keep(
  { cache, gate, ledger, now, price, seen }: BuyDesk,
  { key }: Order,
  hold: Hold,
  { raw, reply: { usage } }: Extract<Outcome, { kind: "reply" }>,
): Promise<ReplyLine> {
  const nusd: Nusd = usage ? toCost(price, usage, "direct") : hold.nusd;
  const line = {
    key,
    hold: `${ledger.fold.ledger}:${hold.id}`,
    at: toSecond(now()),
    nusd,
    ...(usage && { usage }),
    raw,
  };
  await cache.put(line).catch((error: unknown) => {
    gate.stop(error); // The disk is full or broken: nothing more is sent, and the hold stays.
    throw error;
  });
  seen.replies += 1;
  if (usage) seen.tokensOutMean += (usage.out - seen.tokensOutMean) / 20;
  await gate.settle(hold, { nusd, usage, why: "ok" });
  return line;
}

/**
 * A question that won't be asked again. It is kept for later runs only if the vendor was seen to answer others: else the
 * fault may be the vendor's, or that of all our requests.
 */
async function bury(
  { cache, gate, now, provider, seen }: BuyDesk,
  { key, body }: Order,
  tombstone: Tombstone["tombstone"],
  outcome: Failed["outcome"],
  isKept = seen.replies > 0,
): Promise<Tombstone> {
  const line = { key, tombstone, at: toSecond(now()), detail: outcome.detail };
  if (isKept) await cache.put(line);
  else if (tombstone === "bad_request") {
    seen.refusedFirst += 1;
    if (seen.refusedFirst >= REFUSED_FIRST_MAX) {
      const error = refusedAll(provider, outcome, body, seen.refusedFirst);
      gate.stop(error);
      throw error;
    }
  }
  return line;
}

function toEstimate({ body, maxTokens }: Order, { tokensOutMean }: Seen): TokenEstimate {
  return {
    tokensIn: Math.ceil(Buffer.byteLength(body) / BYTES_PER_TOKEN),
    tokensOut: Math.min(maxTokens, Math.ceil(tokensOutMean)),
  };
}

function toRateReport(outcome: Outcome | undefined, freeTries: number): RateReport {
  if (outcome === undefined) return {};
  const { rate, retryAfterMs } = outcome;
  if (outcome.kind === "reply") return { usage: outcome.reply.usage, rate };
  const isLimited = outcome.kind === "free" && outcome.reason === "limited";
  const pauseMs = retryAfterMs ?? Math.min(PAUSE_MS * 2 ** freeTries, PAUSE_MS_MAX);
  return { rate, ...((isLimited || retryAfterMs !== undefined) && { pushback: { pauseMs } }) };
}

/** Whether the vendor is there, for the breaker; undefined if that was not found out. */
function toReport(outcome: Outcome | undefined, isAborted: boolean): boolean | undefined {
  if (outcome === undefined) return undefined;
  return isAnswered(outcome) || (isAborted ? undefined : false);
}

/** True if the vendor was there and said something that is not a failure of its own. */
function isAnswered(outcome: Outcome): boolean {
  return outcome.kind === "reply" || (outcome.kind === "free" && outcome.reason !== "not_sent");
}

/** A time as ledger and cache write it. */
export function toSecond(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

import { createDraw, type Draw } from "../../src/llm/mock-value.ts";

/**
 * What goes wrong with an answer of the vendor, told apart by whether it is billed: `Unbilled` never was, everything that
 * ends in `Billed` was, though the client can't know.
 */
export const ANSWER_FAULTS = [
  "limited",
  "limitedWithPause",
  "overloaded",
  "errorUnbilled",
  "errorBilled",
  "dropUnbilled",
  "dropBilled",
  "cutBilled",
  "hangUnbilled",
  "hangBilled",
  "truncatedBilled",
  "pageBilled",
  "teapotUnbilled",
] as const;
export type AnswerFault = (typeof ANSWER_FAULTS)[number];

/** What goes wrong around batches: with the upload, the making, the looking, the reading, the batch as a whole, a row. */
export const BATCH_FAULTS = [
  "uploadLost",
  "uploadError",
  "createLost",
  "createErrorMade",
  "createErrorUnmade",
  "createLimited",
  "lookError",
  "listError",
  "resultsError",
  "resultsCut",
  "batchFailed",
  "rowErrored",
  "rowExpired",
  "rowCanceled",
  "rowUnwritten",
] as const;
export type BatchFault = (typeof BATCH_FAULTS)[number];

/** What a model's usage may look like when it is wrong: the request is billed in truth, within what was held. */
export const USAGE_FAULTS = ["missing", "negative", "fraction", "zero", "text", "contradicting"] as const;
export type UsageFault = (typeof USAGE_FAULTS)[number];

/** Shares of requests, 0 to 1. Which ones follows from the server's seed, the request and how often it came. */
export type FaultShares = Partial<Record<AnswerFault | BatchFault | "wrongUsage", number>>;

/** What belongs to the request and not to the try: the same in every run, and no fault of the line. */
export type ContentShares = Partial<Record<ContentKind, number>>;
export const CONTENT_KINDS = ["refused400", "refused413", "fenced", "breaking", "prose", "cut", "declined"] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

/** The first of `names` that a draw hits, each with its share of all draws. */
export function pickFault<Name extends string>(
  names: readonly Name[],
  shares: Partial<Record<Name, number>>,
  draw: Draw,
): Name | undefined {
  let rest = draw();
  for (const name of names) {
    const share = shares[name] ?? 0;
    if (rest < share) return name;
    rest -= share;
  }
  return undefined;
}

/** Counts how often each thing was asked for, so that a fault belongs to a try and not to a moment. */
export function createTries(seed: number): (about: string) => Draw {
  const tries = new Map<string, number>();
  return (about) => {
    const number = (tries.get(about) ?? 0) + 1;
    tries.set(about, number);
    return createDraw(`${seed}/${about}/${number}`);
  };
}

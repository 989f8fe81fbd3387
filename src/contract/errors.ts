/**
 * The kinds of failure, named by what the reader should do. Every message says where, what came, what was expected
 * and what to do.
 */

/** A plug-in, an option or a settings value is wrong: mend it. */
export class DefinitionError extends Error {
  override name = "DefinitionError";
}

/**
 * Why a source could not be read. It decides the loader's status in the manifest, and whether a later start tries again: not
 * for "malformed" (the bytes themselves are wrong, or some that were used may be) and "drift", where only new data or code
 * can help. "garbled" are answers that are not what was asked for, as from a proxy on the way, and of which nothing was used:
 * they may pass like "unreachable".
 */
export type SourceFailure = "gated" | "missing" | "unauthorized" | "unreachable" | "garbled" | "malformed" | "drift";

/** A dataset could not be read: log in, accept its terms, or try again later. The other loaders go on. */
export class SourceError extends Error {
  override name = "SourceError";
  readonly failure: SourceFailure;

  constructor(failure: SourceFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** Where in a row's way to a sample it failed. */
export type RowStage = "decode" | "row" | "draft" | "derive" | "sample";

/** One row (or one slice) can't become a sample: it goes to quarantine, whole, and the run goes on. */
export class RowError extends Error {
  override name = "RowError";
  readonly stage: RowStage;
  /** snake_case code that the manifest counts by. */
  readonly reason: string;

  constructor(stage: RowStage, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.stage = stage;
    this.reason = reason;
  }
}

/** The run folder does not hold what its journal says: nothing is touched, a person must look. */
export class DamageError extends Error {
  override name = "DamageError";
}

/**
 * Why no more may be spent: nobody has approved it, the cap is reached, or a request has cost more than the most it could
 * cost by the price table and the vendor's word, so that the cap can't be kept any more.
 */
export type BudgetStop = "not_approved" | "cap_reached" | "hold_exceeded";

/** Nothing more may be spent: the run stops, and what was paid for is kept. */
export class BudgetError extends Error {
  override name = "BudgetError";
  readonly stop: BudgetStop;

  constructor(stop: BudgetStop, message: string, options?: ErrorOptions) {
    super(message, options);
    this.stop = stop;
  }
}

import { SourceError, type SourceFailure } from "../contract/errors.ts";

/** What was asked of a hub, for messages. `isGated`: the hub has said that the dataset is. */
export type Asked = {
  readonly dataset: string;
  readonly revision?: string;
  readonly path?: string;
  readonly isGated?: boolean;
};

/** An answer's head: what a refusal is told apart by. */
export type AnswerHead = {
  readonly url: URL;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
};

/** What a SourceError is told by if no try mends it. */
export type TransientFailure = Extract<SourceFailure, "unreachable" | "garbled" | "malformed">;

/** A try that failed in a way that another try may mend. It never leaves this room: retries end in a SourceError. */
export class TransientError extends Error {
  override name = "TransientError";
  readonly failure: TransientFailure;
  readonly host: string;

  constructor(failure: TransientFailure, host: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
    this.host = host;
  }
}

export type Caller = { readonly hubUrl: string; readonly hasToken: boolean };

/**
 * A refusal (an answer that no retry mends) to the error that says what to do. Told apart by X-Error-Code as the Hub
 * sends it; where the code is missing, by the status, the way huggingface_hub's hf_raise_for_status does.
 */
export function toSourceError(head: AnswerHead, asked: Asked, caller: Caller): SourceError {
  const code = head.headers.get("x-error-code");
  const { dataset, revision = "main", path } = asked;
  if (code === "GatedRepo") return gated(dataset, caller);
  if (code === "RevisionNotFound") {
    return new SourceError("missing", `${dataset} has no revision ${revision} on ${caller.hubUrl}: check its name.`);
  }
  if (code === "EntryNotFound") {
    const file = path === undefined ? "what was asked for" : `the file ${path}`;
    return new SourceError("missing", `${dataset} does not hold ${file} at revision ${revision} (${caller.hubUrl}).`);
  }
  // A hub need not admit what it hides: said to be gated a moment ago, and now not to be there.
  if (asked.isGated && [401, 403, 404].includes(head.status)) return gated(dataset, caller);
  const isAboutDataset = code === "RepoNotFound" || head.status === 404 || (head.status === 401 && !caller.hasToken);
  if (isAboutDataset) return missing(dataset, caller);
  if (head.status === 401 || head.status === 403) return unauthorized(head, dataset, caller);
  return new SourceError("garbled", `${toSubject(asked)}: ${head.url.host} answered ${head.status}${toCode(code)}.`);
}

/** "OWNER/NAME path" for messages. */
export function toSubject({ dataset, path }: Asked): string {
  return path === undefined ? dataset : `${dataset} ${path}`;
}

function gated(dataset: string, { hubUrl, hasToken }: Caller): SourceError {
  const then = hasToken ? "with the account of HF_TOKEN" : "then set HF_TOKEN";
  const page = `${hubUrl}/datasets/${dataset}`;
  return new SourceError("gated", `${dataset} is gated. Accept its terms on the dataset's page (${page}), ${then}.`);
}

function missing(dataset: string, { hubUrl, hasToken }: Caller): SourceError {
  const account = hasToken ? "another account" : "an account";
  const todo = `check the name, or set HF_TOKEN of ${account} that may read it`;
  return new SourceError("missing", `${dataset} is missing on ${hubUrl}, or private: ${todo}.`);
}

function unauthorized(head: AnswerHead, dataset: string, { hubUrl, hasToken }: Caller): SourceError {
  const what = hasToken ? "refused HF_TOKEN" : "refused the request";
  const todo = hasToken
    ? `check that the token is valid and may read datasets (${hubUrl}/settings/tokens)`
    : "set HF_TOKEN of an account that may read it";
  const message = `${dataset}: ${hubUrl} ${what} (${head.status}${toCode(head.headers.get("x-error-code"))}): ${todo}.`;
  return new SourceError("unauthorized", message);
}

function toCode(code: string | null): string {
  return code === null ? "" : ` ${code.replace(/[^\w-]/g, "").slice(0, 60)}`;
}

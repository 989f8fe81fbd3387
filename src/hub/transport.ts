import type { Dispatcher } from "undici";
import { request } from "undici";
import { SourceError } from "../contract/errors.ts";
import { type ByteRange, type RangeBytes, readRange, readText, toAsked, toRangeError } from "./body.ts";
import { createDispatcher, isLoopback, type TimeoutsMs } from "./dispatcher.ts";
import type { Governor, Way } from "./governor.ts";
import { toBreakerPolicy } from "./host-breaker.ts";
import { type AnswerHead, TransientError } from "./hub-errors.ts";
import { assertSameFile, type FileIdentity } from "./identity.ts";
import { type Pace, startPace } from "./pace.ts";
import { type Quotas, toQuotaName } from "./quota.ts";
import { learnQuotas, noteRefusal } from "./quota-answers.ts";
import { RETRY_POLICY, type RetryPolicy } from "./retry.ts";
import { toTransportError } from "./transport-errors.ts";

/** A whole request may take timeoutsMs.whole plus its size at the slowest line that still makes sense. */
const SLOWEST_BYTES_PER_MS = 50;

const REDIRECTS_MAX = 5;
const TEXT_BYTES_MAX = 64 * 2 ** 20;
const REFUSAL_BYTES_MAX = 64 * 2 ** 10;

/** One request as `onRequest` sees it: a signed URL without its signature; status 0 if no answer came. */
export type RequestReport = { readonly method: string; readonly url: string; readonly status: number };

export type TransportOptions = {
  readonly hubUrl: URL;
  readonly token: string | undefined;
  readonly governor: Governor;
  readonly quotas: Quotas;
  readonly policy: RetryPolicy;
  readonly timeoutsMs: TimeoutsMs;
  readonly onRequest: ((report: RequestReport) => void) | undefined;
};

/** What to ask for: a range of a file (answered by 206 or refused), or a text. */
export type Ask = {
  readonly accept?: string;
  readonly range?: ByteRange;
  /** What the hub must answer for. */
  readonly file?: FileIdentity;
  /** Hears where a redirect leads. */
  readonly onRedirect?: (target: URL) => void;
};

/** An answer read to its end. The body of a refusal is not kept. */
export type Answer = AnswerHead & {
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Of an answer with a range: the bytes around it that were asked for, too. */
  readonly around?: Pick<RangeBytes, "before" | "after">;
};

const NO_BYTES = new Uint8Array(0);

/**
 * Sends GET requests, each through the governor, and follows redirects by hand: the token goes to the hub's own origin
 * only, and nothing is asked over http but this machine.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #dispatcher: Dispatcher;
  readonly #closing = new AbortController();

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#dispatcher = createDispatcher(options.hubUrl, options.governor.requestsMax, options.timeoutsMs);
  }

  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** One try, with its redirects: a good answer, or a refusal. Throws TransientError for what another try may mend. */
  async get(start: URL, ask: Ask, signal: AbortSignal): Promise<Answer> {
    const seen = new Set<string>();
    let url = start;
    while (seen.size <= REDIRECTS_MAX) {
      this.#assertSafe(url);
      seen.add(url.href);
      const way = this.#toWay(url);
      const answer = await this.#options.governor.run(way, () => this.#send(url, ask, way, signal), signal);
      if (url.origin === this.#options.hubUrl.origin && ask.file !== undefined) assertSameFile(answer, ask.file);
      const location = isRedirect(answer.status) ? answer.headers.get("location") : null;
      if (location === null) return answer;
      const target = URL.parse(location, url.href);
      if (target === null) throw new TransientError("garbled", url.host, "redirects to no URL");
      if (seen.has(target.href)) throw new TransientError("garbled", start.host, "redirects in a circle");
      ask.onRedirect?.(target);
      url = target;
    }
    throw new TransientError("garbled", start.host, `redirects more than ${REDIRECTS_MAX} times`);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error(`${this.#options.hubUrl.href} was closed while it was read.`));
    await this.#dispatcher.destroy();
  }

  #toWay(url: URL): Way {
    const { governor, hubUrl, quotas } = this.#options;
    const name = toQuotaName(url, hubUrl);
    return governor.toWay(url, name, name && quotas[name], toBreakerPolicy(this.#scale));
  }

  /** How all pauses compare with the usual ones. */
  get #scale(): number {
    return this.#options.policy.delayMs / RETRY_POLICY.delayMs;
  }

  async #send(url: URL, ask: Ask, way: Way, signal: AbortSignal): Promise<Answer> {
    const { range } = ask;
    const { connect, headers, whole, body: periodMs } = this.#options.timeoutsMs;
    const stop = new AbortController();
    const tooSlow = () => stop.abort(new DOMException("too slow", "TimeoutError"));
    const cancel = () => stop.abort(signal.reason);
    signal.addEventListener("abort", cancel, { once: true });
    // Not AbortSignal.timeout: it would stay in memory for its full time after each request.
    const timer = setTimeout(
      tooSlow,
      whole + (range === undefined ? 0 : (range.end - range.start) / SLOWEST_BYTES_PER_MS),
    );
    // undici's own limits are checked every half second only.
    const head = setTimeout(tooSlow, connect + headers);
    let pace: Pace | undefined;
    let status = 0;
    try {
      // request, not fetch: half the CPU per byte (measured), and it neither follows a redirect nor decodes a body.
      const response = await untilStopped(stop.signal, (abortSignal) =>
        request(url, { headers: this.#toHeaders(url, ask), dispatcher: this.#dispatcher, signal: abortSignal }),
      );
      status = response.statusCode;
      clearTimeout(head);
      pace = startPace(periodMs, tooSlow);
      const answer = await this.#receive(url, ask, response, way, pace.add);
      way.breaker.answered();
      return answer;
    } catch (error) {
      this.signal.throwIfAborted(); // close() destroyed the connection: say that, not what it looked like from here
      signal.throwIfAborted();
      const meaning = toTransportError(error, url.host);
      this.#judge(way, status, meaning);
      throw meaning;
    } finally {
      pace?.stop();
      clearTimeout(head);
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
      this.#report(url, status);
    }
  }

  /** A host that says it is too busy, or talks nonsense, is there; one that breaks off or reports trouble may be down. */
  #judge({ breaker }: Way, status: number, error: unknown): void {
    const isThere = status === 429 || (error instanceof TransientError && error.failure === "garbled");
    if (isThere) breaker.answered();
    else breaker.failed(performance.now());
  }

  async #receive(
    url: URL,
    ask: Ask,
    { statusCode: status, headers: raw, body }: Dispatcher.ResponseData,
    { bucket }: Way,
    onBytes: (count: number) => void,
  ): Promise<Answer> {
    const headers = new Headers(Object.entries(raw).flatMap(([name, value]) => toPairs(name, value)));
    const flowing = countBytes(body, onBytes);
    const isGood = status >= 200 && status < 300;
    const { governor, hubUrl, quotas } = this.#options;
    if (url.origin === hubUrl.origin) learnQuotas(governor, url, headers, quotas);
    if (isTransient(status)) {
      noteRefusal(bucket, status, headers, this.#scale);
      await body.dump({ limit: REFUSAL_BYTES_MAX });
      throw new TransientError("unreachable", url.host, `answered ${status}`);
    }
    bucket.granted();
    if (ask.range !== undefined && (isGood || status === 416)) {
      const wrong = toRangeError(ask.range, status, headers, url.host);
      if (wrong === undefined) {
        const { bytes, ...around } = await readRange(flowing, ask.range, url.host);
        return { url, status, headers, body: bytes, around };
      }
      await body.dump({ limit: 0 }); // a server that ignores the range sends the whole file
      throw wrong;
    }
    if (isGood) return { url, status, headers, body: await readText(flowing, headers, TEXT_BYTES_MAX, url.host) };
    await body.dump({ limit: REFUSAL_BYTES_MAX }); // to its end, so that the connection can be used again
    return { url, status, headers, body: NO_BYTES };
  }

  #toHeaders(url: URL, { accept, range }: Ask): Record<string, string> {
    const { token, hubUrl } = this.#options;
    const [start, end] = range === undefined ? [0, 0] : toAsked(range);
    return {
      "user-agent": "planstream",
      "accept-encoding": "identity",
      ...(accept === undefined ? {} : { accept }),
      ...(range === undefined ? {} : { range: `bytes=${start}-${end - 1}` }),
      ...(token !== undefined && url.origin === hubUrl.origin ? { authorization: `Bearer ${token}` } : {}),
    };
  }

  #assertSafe(url: URL): void {
    if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) return;
    throw new SourceError("garbled", `${this.#options.hubUrl.host} leads to ${url.protocol}//${url.host}: not https.`);
  }

  #report(url: URL, status: number): void {
    // The query of another origin is a signature: as good as a token while it lasts.
    const shown = url.origin === this.#options.hubUrl.origin ? url.href : `${url.origin}${url.pathname}`;
    this.#options.onRequest?.({ method: "GET", url: shown, status });
  }
}

/** What `ask` gives, or the signal's reason once it has one: undici hears of it only when it has a connection. */
async function untilStopped<T>(signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => stopped.reject(signal.reason), { once: true });
  return Promise.race([ask(signal), stopped.promise]);
}

async function* countBytes(body: AsyncIterable<Uint8Array>, onBytes: (count: number) => void) {
  for await (const chunk of body) {
    onBytes(chunk.length);
    yield chunk;
  }
}

function toPairs(name: string, value: string | string[] | undefined): [string, string][] {
  return [value ?? []].flat().map((one) => [name, one]);
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

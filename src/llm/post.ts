import { Readable } from "node:stream";
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from "undici";

/** Milliseconds for a connection, for an answer's head (a model writes its whole answer before it), and for all of it. */
export const TIMEOUTS_MS = { connect: 10_000, headers: 300_000, whole: 600_000 };

/** Bytes of an answer at most: 64,000 tokens of text are a quarter of a megabyte. */
const ANSWER_BYTES_MAX = 2 * 2 ** 20;

/**
 * What became of one POST. `not_sent`: no byte of it left this machine, whatever the error was. `lost`: some did, and no
 * whole answer came back.
 */
export type Posted =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly kind: "not_sent"; readonly code: string }
  | { readonly kind: "lost"; readonly code: string };

/** A request other than a question: `path` is below the base address. */
export type Sending = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
};

/** Sends requests to one address, each once. */
export type Poster = {
  /** A POST of JSON. */
  post(path: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<Posted>;
  send(sending: Sending, signal: AbortSignal): Promise<Posted>;
  /**
   * GETs a text and gives its lines as they come; memory is that of a line. Throws UnreadableError for any answer but 200,
   * and for one that ends before its end.
   */
  readLines(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): AsyncGenerator<string>;
  close(): Promise<void>;
};

/** What can be asked for again without a cost could not be read this time. `detail` is a status or an error's code. */
export class UnreadableError extends Error {
  override name = "UnreadableError";
  /** 0 where there was no whole answer. */
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

export function createPoster(baseUrl: URL, connectionsMax: number, timeoutsMs: typeof TIMEOUTS_MS): Poster {
  const dispatcher = createDispatcher(baseUrl, connectionsMax, timeoutsMs);
  const toUrl = (path: string) => `${baseUrl.href.replace(/\/+$/, "")}${path}`;

  const send: Poster["send"] = async ({ method, path, headers, body: bytes }, signal) => {
    if (signal.aborted) return { kind: "not_sent", code: "AbortError" };
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new DOMException("too slow", "TimeoutError")), timeoutsMs.whole);
    const onAbort = () => stop.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    let isSent = false;
    try {
      const response = await request(toUrl(path), {
        method,
        headers: bytes ? { ...headers, "content-length": String(bytes.length) } : headers,
        // A body that is pulled: undici asks for it when a connection stands and before it writes the first byte of the
        // request's head. So a request whose body was not asked for was certainly not sent.
        ...(bytes && {
          body: Readable.from(
            (function* () {
              isSent = true;
              yield bytes;
            })(),
          ),
        }),
        dispatcher,
        signal: stop.signal,
      });
      const text = await readAnswer(response.body);
      if (text === undefined) return { kind: "lost", code: "answer too long or not UTF-8" };
      return { kind: "answer", status: response.statusCode, headers: toHeaders(response.headers), text };
    } catch (error) {
      return { kind: isSent ? "lost" : "not_sent", code: toCode(error) };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  };

  return {
    post(path, headers, body, signal) {
      const json = { ...headers, "content-type": "application/json" };
      return send({ method: "POST", path, headers: json, body: Buffer.from(body, "utf8") }, signal);
    },
    send,
    async *readLines(path, headers, signal) {
      try {
        const { statusCode, body } = await request(toUrl(path), { headers, dispatcher, signal });
        if (statusCode !== 200) {
          await body.dump();
          throw new UnreadableError(statusCode, String(statusCode));
        }
        yield* toLines(body);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof UnreadableError) throw error;
        throw new UnreadableError(0, toCode(error));
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** The lines of a stream of UTF-8, without their ends; the last one may have none. */
async function* toLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = "";
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    if (rest.length > ANSWER_BYTES_MAX) throw new UnreadableError(0, "a line too long");
    yield* parts;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

async function readAnswer(body: Dispatcher.ResponseData["body"]): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) return undefined; // leaving the loop destroys the body
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}

function createDispatcher(baseUrl: URL, connectionsMax: number, timeoutsMs: typeof TIMEOUTS_MS): Dispatcher {
  const settings: Agent.Options = {
    connections: connectionsMax,
    pipelining: 1, // one request a connection at a time: another one's failure is never ours
    headersTimeout: timeoutsMs.headers,
    bodyTimeout: timeoutsMs.headers,
    connect: { timeout: timeoutsMs.connect },
    allowH2: false,
  };
  // HTTP_PROXY, HTTPS_PROXY and NO_PROXY, but never for this machine.
  return isLoopback(baseUrl) ? new Agent(settings) : new EnvHttpProxyAgent(settings);
}

/** True for an address that never leaves the machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

function toHeaders(headers: Dispatcher.ResponseData["headers"]): Headers {
  return new Headers(
    Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    ),
  );
}

/** The code of an error, never its message: that may quote what was sent. */
function toCode(error: unknown): string {
  if (error instanceof DOMException) return error.name;
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "Error";
}

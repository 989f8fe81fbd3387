import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Writable } from "node:stream";

/** An answer as it would go out. */
export type CapturedAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** An answer and how its connection fares. */
export type Sending = CapturedAnswer & {
  /**
   * `reset`: the connection breaks (RST) after `after` bytes of the body, or before the head (-1). `end`: it is closed
   * there in good order. `stall`: nothing more comes. `drip`: a byte at a time.
   */
  readonly breaks?: { readonly how: "reset" | "end" | "stall" | "drip"; readonly after: number };
  /** Sent in chunks, without a length. */
  readonly chunked?: boolean;
};

/** What the answering functions write into. */
export type Answering = Writable & { writeHead(status: number, headers?: OutgoingHttpHeaders): unknown };

const DRIP_MS = 20;

/** Takes an answer in, to be sent in another way. */
export class AnswerCapture extends Writable {
  #status = 200;
  #headers: Record<string, string> = {};
  readonly #chunks: Buffer[] = [];

  writeHead(status: number, headers: OutgoingHttpHeaders = {}): this {
    this.#status = status;
    this.#headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    return this;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }

  get answer(): CapturedAnswer {
    return { status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) };
  }
}

/** Sends an answer as told. A length that a header says is sent as it is, wrong or right. */
export function sendAnswer(response: ServerResponse, { status, headers, body, breaks, chunked }: Sending): void {
  if (breaks?.after === -1) {
    if (breaks.how !== "stall") breakOff(response, breaks.how);
    return;
  }
  const { "content-length": length = String(body.length), ...rest } = headers;
  response.writeHead(status, chunked ? rest : { ...rest, "content-length": length });
  if (breaks === undefined) {
    const step = Math.ceil(body.length / 4);
    for (let at = 0; chunked && at < body.length; at += step) response.write(body.subarray(at, at + step));
    response.end(chunked ? undefined : body);
    return;
  }
  const first = body.subarray(0, breaks.after);
  const next = () => {
    if (breaks.how === "drip") drip(response, body.subarray(breaks.after));
    else if (breaks.how !== "stall") breakOff(response, breaks.how);
  };
  if (first.length > 0) response.write(first, next);
  else {
    response.flushHeaders();
    setTimeout(next, 1);
  }
}

function breakOff(response: ServerResponse, how: "reset" | "end" | "drip"): void {
  if (how === "reset") response.socket?.resetAndDestroy();
  else response.socket?.end();
}

function drip(response: ServerResponse, bytes: Buffer): void {
  if (response.closed) return; // the reader has gone, and nothing would end the dripping
  let at = 0;
  const timer = setInterval(() => {
    if (at < bytes.length) response.write(bytes.subarray(at, ++at));
    else response.end();
  }, DRIP_MS);
  response.once("close", () => clearInterval(timer));
}

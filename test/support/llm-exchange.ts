import type { IncomingMessage, ServerResponse } from "node:http";
import type { Draw } from "../../src/llm/mock-value.ts";
import type { JsonObject } from "../../src/schema/json.ts";
import type { BatchStore } from "./llm-batches.ts";
import type { LlmBill } from "./llm-bill.ts";
import type { FaultShares } from "./llm-faults.ts";
import type { ServerSettings } from "./llm-server.ts";

/** What all answers of a server are made with. */
export type LlmSite = {
  readonly settings: ServerSettings;
  readonly bill: LlmBill;
  readonly batches: BatchStore;
  /** Uploaded files by id. */
  readonly files: Map<string, string>;
  /** A draw that belongs to the next try of something. */
  readonly tries: (about: string) => Draw;
};

/** One request that was read to its end. */
export type LlmExchange = {
  readonly site: LlmSite;
  readonly faults: FaultShares;
  readonly incoming: IncomingMessage;
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
};

/**
 * What the server does with a request: it says something (and cuts the connection after so many bytes of it, where that
 * is said), cuts the connection at once, or never says anything.
 */
export type LlmAnswer =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
      readonly cutAfterBytes?: number;
    }
  | "cut"
  | "hang";

export function toJson(status: number, body: JsonObject, headers: Readonly<Record<string, string>> = {}): LlmAnswer {
  return { status, headers: { "content-type": "application/json", ...headers }, text: JSON.stringify(body) };
}

/** A refusal as both vendors write them; it has the members that either client looks for. */
export function toRefusal(status: number, type: string, headers: Readonly<Record<string, string>> = {}): LlmAnswer {
  return toJson(status, { type: "error", error: { type, code: type, message: `made up: ${type}` } }, headers);
}

/** Lines of JSON in an order of chance, unless a fault of reading results comes in between. */
export function toLines(
  lines: readonly JsonObject[],
  { resultsError = 0, resultsCut = 0 }: FaultShares,
  draw: Draw,
): LlmAnswer {
  if (draw() < resultsError) return toRefusal(500, "api_error");
  const shuffled = lines
    .map((line) => ({ line, at: draw() }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => `${JSON.stringify(line)}\n`);
  const answer = { status: 200, headers: { "content-type": "application/x-jsonl" }, text: shuffled.join("") };
  return draw() < resultsCut ? { ...answer, cutAfterBytes: Math.floor(answer.text.length * draw()) } : answer;
}

/** Does what an answer says. A cut stream has no length, so that only its missing end tells. */
export function sendAnswer(answer: LlmAnswer, response: ServerResponse): void {
  if (answer === "hang") return;
  if (answer === "cut") {
    response.destroy();
    return;
  }
  const { status, headers, text, cutAfterBytes } = answer;
  response.writeHead(status, headers);
  if (cutAfterBytes === undefined) response.end(text);
  else response.write(Buffer.from(text).subarray(0, Math.max(1, cutAfterBytes)), () => response.destroy());
}

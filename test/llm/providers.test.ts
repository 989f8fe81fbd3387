import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { DefinitionError } from "../../src/contract/errors.ts";
import { openProvider, PROVIDERS } from "../../src/llm/open-provider.ts";
import type { ModelRequest, Outcome } from "../../src/llm/provider.ts";
import { isAllRequired, toReplySchema, toSentSchema } from "../../src/llm/reply-schema.ts";
import { askVerb } from "../support/scripted-provider.ts";

const KEY = "sk-secret-0123456789";
const REQUEST: ModelRequest = {
  model: "some-model",
  system: "Say what is to be done.",
  messages: [{ role: "user", content: "find \u2028 two kettles" }],
  maxTokens: 100,
  schema: toReplySchema(askVerb),
};

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;
const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers) close();
});

async function listen(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => answer(request, response, body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function send(
  name: (typeof PROVIDERS)[number],
  baseUrl: string,
  options: { signal?: AbortSignal; timeoutsMs?: { headers?: number; whole?: number; connect?: number } } = {},
): Promise<Outcome> {
  const { signal = new AbortController().signal, timeoutsMs } = options;
  const provider = openProvider(name, { baseUrl, env: { ANTHROPIC_API_KEY: KEY, OPENAI_API_KEY: KEY }, timeoutsMs });
  const outcome = await provider.send(provider.encode(REQUEST, false), { signal, key: "0", attempt: 0 });
  await provider.close();
  return outcome;
}

function answerWith(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_, response) =>
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
}

const MESSAGE = {
  content: [
    { type: "text", text: '{"verb":' },
    { type: "thinking", thinking: "hm" },
    { type: "text", text: '"find"}' },
  ],
  stop_reason: "end_turn",
  usage: {
    ...{ input_tokens: 40, output_tokens: 9, cache_read_input_tokens: 5, cache_creation_input_tokens: 30 },
    cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
  },
};
const COMPLETION = {
  choices: [{ message: { role: "assistant", content: '{"verb":"find"}', refusal: null }, finish_reason: "stop" }],
  usage: { prompt_tokens: 40, completion_tokens: 9, total_tokens: 49, prompt_tokens_details: { cached_tokens: 15 } },
};

test("anthropic: what is sent, and what is read of the answer", async () => {
  let seen: { url?: string | undefined; headers?: IncomingMessage["headers"]; body?: string } = {};
  const url = await listen((request, response, body) => {
    seen = { url: request.url, headers: request.headers, body };
    const limits = { "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-output-tokens-remaining": "800" };
    response.writeHead(200, limits).end(JSON.stringify(MESSAGE));
  });
  const outcome = await send("anthropic", url);
  expect(seen.url).toBe("/v1/messages");
  expect(seen.headers).toMatchObject({
    "x-api-key": KEY,
    "anthropic-version": "2023-06-01",
    "content-type": "application/json",
  });
  expect(seen.headers?.["content-length"]).toBe(String(Buffer.byteLength(seen.body ?? "")));
  expect(seen.headers?.["transfer-encoding"]).toBeUndefined();
  expect(JSON.parse(seen.body ?? "")).toEqual({
    model: "some-model",
    max_tokens: 100,
    system: "Say what is to be done.",
    messages: REQUEST.messages,
    output_config: {
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: { verb: { type: "string", enum: ["find", "send"] }, count: { type: "integer" } },
          required: ["verb", "count"],
          additionalProperties: false,
        },
      },
    },
  });
  expect(outcome).toEqual({
    kind: "reply",
    raw: JSON.stringify(MESSAGE),
    reply: {
      text: '{"verb":"find"}',
      stop: "end",
      usage: { in: 40, out: 9, cache_read: 5, cache_write_5m: 10, cache_write_1h: 20 },
    },
    rate: { requests: { limit: 50 }, tokensIn: {}, tokensOut: { remaining: 800 } },
  });
});

test("openai: what is sent, and what is read of the answer", async () => {
  let seen: { url?: string | undefined; key?: string | undefined; body?: string } = {};
  const url = await listen((request, response, body) => {
    seen = { url: request.url, key: request.headers.authorization, body };
    response.writeHead(200, { "x-ratelimit-limit-tokens": "30000" }).end(JSON.stringify(COMPLETION));
  });
  const outcome = await send("openai", `${url}/v1`);
  expect([seen.url, seen.key]).toEqual(["/v1/chat/completions", `Bearer ${KEY}`]);
  expect(JSON.parse(seen.body ?? "")).toMatchObject({
    messages: [{ role: "system", content: "Say what is to be done." }, ...REQUEST.messages],
    max_completion_tokens: 100,
    response_format: { type: "json_schema", json_schema: { name: "reply", strict: true } },
  });
  expect(seen.body).not.toContain("max_tokens");
  expect(outcome).toMatchObject({
    kind: "reply",
    reply: { text: '{"verb":"find"}', stop: "end", usage: { in: 25, out: 9, cache_read: 15 } },
    rate: { tokens: { limit: 30_000 } },
  });
});

test.each([
  ["anthropic", { ...MESSAGE, stop_reason: "max_tokens" }, "length"],
  ["anthropic", { ...MESSAGE, stop_reason: "refusal" }, "refusal"],
  ["openai", { choices: [{ ...COMPLETION.choices[0], finish_reason: "length" }] }, "length"],
  ["openai", { choices: [{ ...COMPLETION.choices[0], finish_reason: "content_filter" }] }, "refusal"],
  ["openai", { choices: [{ message: { content: null, refusal: "No." }, finish_reason: "stop" }] }, "refusal"],
] as const)("%s: a stop %j", async (name, body, stop) => {
  expect(await send(name, await listen(answerWith(200, body)))).toMatchObject({ kind: "reply", reply: { stop } });
});

const counts = (usage: unknown) => ({ ...MESSAGE, usage });
const chat = (usage: unknown) => ({ ...COMPLETION, usage });
test.each([
  ["anthropic", counts(undefined)],
  ["anthropic", counts({ input_tokens: -4, output_tokens: 9 })],
  ["anthropic", counts({ input_tokens: 40, output_tokens: 0 })],
  ["anthropic", counts({ input_tokens: 0, output_tokens: 9 })],
  ["anthropic", counts({ input_tokens: 40.5, output_tokens: 9 })],
  ["anthropic", counts({ input_tokens: "40", output_tokens: 9 })],
  ["anthropic", counts({ input_tokens: 1e300, output_tokens: 9 })],
  ["openai", chat(null)],
  ["openai", chat({ prompt_tokens: 40 })],
  ["openai", chat({ prompt_tokens: 40, completion_tokens: 9, total_tokens: 50 })],
  ["openai", chat({ prompt_tokens: 40, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 41 } })],
] as const)("%s: usage that can't be true is none: %j", async (name, body) => {
  const outcome = await send(name, await listen(answerWith(200, body)));
  expect(outcome.kind === "reply" && outcome.reply.usage).toBe(undefined);
});

test.each([
  [400, { error: { type: "invalid_request_error", message: "schema" } }, "free bad_request 400 invalid_request_error"],
  [
    400,
    { error: { type: "invalid_request_error", message: "Your credit balance is too low" } },
    "free no_credit 400 invalid_request_error",
  ],
  [
    401,
    { error: { type: "authentication_error", message: `wrong ${KEY}` } },
    "free unauthorized 401 authentication_error",
  ],
  [403, "<html>", "free unauthorized 403"],
  [404, {}, "free not_found 404"],
  [413, {}, "free bad_request 413"],
  [429, { error: { code: "rate_limit_exceeded" } }, "free limited 429 rate_limit_exceeded"],
  [429, { error: { code: "insufficient_quota" } }, "free no_credit 429 insufficient_quota"],
  [529, { error: { type: "overloaded_error" } }, "free limited 529 overloaded_error"],
  [408, {}, "unknown 408"],
  [422, {}, "unknown 422"],
  [500, { error: { type: "api_error" } }, "unknown 500 api_error"],
  [502, "bad gateway", "unknown 502"],
  [503, "", "unknown 503"],
  [200, "not JSON", "unknown 200 with a body that is no reply"],
  [200, { ok: true }, "unknown 200 with a body that is no reply"],
  [204, "", "unknown 204"],
] as const)("status %i %j is %s", async (status, body, expected) => {
  for (const name of PROVIDERS) {
    const outcome = await send(name, await listen(answerWith(status, body)));
    const reason = outcome.kind === "free" ? ` ${outcome.reason}` : "";
    expect(`${outcome.kind}${reason} ${outcome.kind === "reply" ? "" : outcome.detail}`).toBe(expected);
    expect(JSON.stringify(outcome)).not.toContain(KEY);
  }
});

test("a redirect is not followed: the prompt and the key go nowhere else", async () => {
  let isFollowed = false;
  const elsewhere = await listen((_, response) => {
    isFollowed = true;
    response.end();
  });
  const outcome = await send("openai", await listen(answerWith(307, "", { location: `${elsewhere}/v1` })));
  expect(outcome).toMatchObject({ kind: "unknown", detail: "307" });
  expect(isFollowed).toBe(false);
});

test.each([
  [{ "retry-after": "3" }, 3_000],
  [{ "retry-after": "0.5" }, 500],
  [{ "retry-after-ms": "120" }, 120],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "99999999" }, 600_000],
])("a pause asked for by %j", async (headers, retryAfterMs) => {
  expect(await send("openai", await listen(answerWith(429, {}, headers)))).toMatchObject({
    kind: "free",
    retryAfterMs,
  });
});

test("no connection: not sent, so not billed", async () => {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  const refused = await send("openai", `http://127.0.0.1:${port}`);
  expect(refused).toEqual({ kind: "free", reason: "not_sent", status: 0, detail: "ECONNREFUSED" });
  const unknown = await send("openai", "https://no-such-host.invalid");
  expect(unknown).toMatchObject({ kind: "free", reason: "not_sent" });
});

test("a certificate that is not to be trusted: not sent", async () => {
  // A server that speaks no TLS ends the handshake, before a byte of the request.
  const plain = await listen(answerWith(200, MESSAGE));
  expect(await send("anthropic", plain.replace("http:", "https:"))).toMatchObject({ kind: "free", reason: "not_sent" });
});

test.each([
  ["at once", (_: IncomingMessage, response: ServerResponse) => response.destroy()],
  [
    "inside the answer",
    (_: IncomingMessage, response: ServerResponse) => {
      response
        .writeHead(200, { "content-length": "500" })
        .write(JSON.stringify(MESSAGE).slice(0, 100), () => response.destroy());
    },
  ],
  [
    "inside a chunked answer that is JSON already",
    (_: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200).write(JSON.stringify(MESSAGE), () => response.destroy());
    },
  ],
] as const)("a connection cut %s: outcome unknown", async (_, answer) => {
  const outcome = await send("anthropic", await listen(answer));
  expect(outcome.kind).toBe("unknown");
});

test("a server that takes the connection and cuts it: unknown, and sent once only", async () => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    socket.once("data", () => socket.destroy());
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  closers.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  expect((await send("openai", `http://127.0.0.1:${port}`)).kind).toBe("unknown");
  expect(connections).toBe(1);
  connect(port).destroy();
});

test("too slow: outcome unknown", async () => {
  const url = await listen(() => {}); // never answers
  expect(await send("openai", url, { timeoutsMs: { whole: 50 } })).toEqual({ kind: "unknown", detail: "TimeoutError" });
  const trickle = await listen((_, response) => {
    response.writeHead(200).write(" ");
    setInterval(() => response.write(" "), 5).unref();
  });
  expect(await send("openai", trickle, { timeoutsMs: { whole: 80 } })).toEqual({
    kind: "unknown",
    detail: "TimeoutError",
  });
});

test("aborted: unknown once sent, free before", async () => {
  const stop = new AbortController();
  const url = await listen(() => stop.abort());
  expect(await send("openai", url, { signal: stop.signal })).toMatchObject({ kind: "unknown" });
  expect(await send("openai", url, { signal: AbortSignal.abort() })).toMatchObject({
    kind: "free",
    reason: "not_sent",
  });
});

test("an answer that is too long, or not UTF-8, is no reply", async () => {
  const long = await listen((_, response) => response.end(JSON.stringify({ ...MESSAGE, more: "x".repeat(3e6) })));
  expect((await send("anthropic", long)).kind).toBe("unknown");
  const bytes = await listen((_, response) => response.end(Buffer.from([0x22, 0xff, 0xfe, 0x22])));
  expect((await send("anthropic", bytes)).kind).toBe("unknown");
});

test("addresses and keys that can't be right are refused, and never quoted", () => {
  const open = (baseUrl: string | undefined, env: Record<string, string> = { OPENAI_API_KEY: KEY }) =>
    openProvider("openai", { baseUrl, env });
  expect(() => open(undefined, {})).toThrow(/OPENAI_API_KEY is not set/);
  expect(() => open("http://models.example.org/v1")).toThrow(/over https, or over http to this machine only/);
  expect(() => open("https://user:hunter2@example.org/v1")).toThrow(/without user/);
  expect(() => open("https://user:hunter2@example.org/v1")).not.toThrow(/hunter2/);
  expect(() => open("not a URL")).toThrow(DefinitionError);
  expect(() => open(undefined, { OPENAI_API_KEY: "sk-1\nx: y" })).toThrow(/characters that no key has/);
  expect(open("http://127.0.0.1:8080/v1", {}).host).toBe("127.0.0.1:8080");
});

test("a reply's schema as vendors take it: bounds left out, objects closed, unions plain", () => {
  const reply = z.object({
    intents: z
      .array(
        z.discriminatedUnion("kind", [
          z.object({ kind: z.literal("call"), turn: z.int().min(0), confidence: z.number().max(1) }),
          z.object({ kind: z.literal("none"), why: z.string().max(40).optional() }),
        ]),
      )
      .max(5),
  });
  const schema = toReplySchema({ ...askVerb, reply } as never);
  const sent = toSentSchema(schema);
  expect(sent).toEqual({
    type: "object",
    properties: {
      intents: {
        type: "array",
        items: {
          anyOf: [
            {
              type: "object",
              properties: {
                kind: { type: "string", const: "call" },
                turn: { type: "integer" },
                confidence: { type: "number" },
              },
              required: ["kind", "turn", "confidence"],
              additionalProperties: false,
            },
            {
              type: "object",
              properties: { kind: { type: "string", const: "none" }, why: { type: "string" } },
              required: ["kind"],
              additionalProperties: false,
            },
          ],
        },
      },
    },
    required: ["intents"],
    additionalProperties: false,
  });
  expect(isAllRequired(sent)).toBe(false); // `why` may be left out
  expect(isAllRequired(toSentSchema(toReplySchema(askVerb as never)))).toBe(true);
  const record = toReplySchema({ ...askVerb, reply: z.object({ scope: z.record(z.string(), z.string()) }) } as never);
  expect(() => toSentSchema(record)).toThrow(/has "additionalProperties", which no vendor's schema mode takes/);
});

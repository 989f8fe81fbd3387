import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/schema/json.ts";
import { type LlmServerOptions, startLlmServer } from "./llm-server.ts";
import { createTemporaryFolder } from "./temporary-folder.ts";

const folder = createTemporaryFolder();
const PRICE = { in: 1_001, out: 5_003, tiers: [], tokenizer: "o200k" as const, batch_multiplier: 0.5 };
const SCHEMA = {
  type: "object",
  properties: { verb: { type: "string", enum: ["find"] } },
  required: ["verb"],
  additionalProperties: false,
};
const toMessage = (about: string) => ({
  model: "m",
  max_tokens: 50,
  messages: [{ role: "user", content: about }],
  output_config: { format: { type: "json_schema", schema: SCHEMA } },
});

async function serve(options: Partial<LlmServerOptions> = {}) {
  const server = await startLlmServer({ price: PRICE, ...options });
  const ask = async (path: string, body?: unknown, key = "test-key") => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(`${server.url}${path}`, { ...init, headers: { "x-api-key": key } });
    return { status: response.status, body: (await response.json()) as JsonObject };
  };
  return { server, ask };
}

test("it bills what it says, keeps its own books, and writes them down before it answers", async () => {
  const billPath = join(folder, "bill.jsonl");
  const { server, ask } = await serve({ billPath });
  const { status, body } = await ask("/v1/messages", toMessage("a kettle"));
  expect([status, body.content]).toEqual([200, [{ type: "text", text: '{"verb":"find"}' }]]);
  const usage = body.usage as Record<string, number>;
  const {
    input_tokens: i = 0,
    cache_read_input_tokens: r = 0,
    cache_creation_input_tokens: w = 0,
    output_tokens: o = 0,
  } = usage;
  const nusd = (i + r + w) * 1_001 + o * 5_003;
  expect((await ask("/_books")).body).toEqual({ nusd, charges: 1 });
  expect(JSON.parse(readFileSync(billPath, "utf8"))).toMatchObject({ mode: "direct", nusd });
  await server.close();
});

test("a wrong key, an unknown path and a count of tokens cost nothing", async () => {
  const { server, ask } = await serve();
  expect((await ask("/v1/messages", toMessage("a kettle"), "wrong")).status).toBe(401);
  expect((await ask("/v1/elsewhere", {})).status).toBe(404);
  expect((await ask("/v1/messages/count_tokens", toMessage("a kettle"))).body.input_tokens).toBeGreaterThan(10);
  expect(server.bill.nusd).toBe(0);
  await server.close();
});

test("the same seed gives the same answers and faults, another one others", async () => {
  const play = async (seed: number) => {
    const { server, ask } = await serve({ seed, faults: { limited: 0.3, errorBilled: 0.3 } });
    const said: unknown[] = [];
    for (let number = 0; number < 20; number++) {
      const { status, body } = await ask("/v1/messages", toMessage(`kettle ${number % 5}`));
      said.push(status, body.usage);
    }
    const { nusd } = server.bill;
    await server.close();
    return { said, nusd };
  };
  const first = await play(1);
  expect(await play(1)).toEqual(first);
  expect(await play(2)).not.toEqual(first);
  expect(new Set(first.said.filter((one) => typeof one === "number"))).toEqual(new Set([200, 429, 502]));
});

test("a canceled batch bills what was answered before, and the rest is canceled", async () => {
  const { server, ask } = await serve({ batchMs: 60_000 });
  const requests = Array.from({ length: 20 }, (_, number) => ({
    custom_id: `row-${number}`,
    params: toMessage(`kettle ${number}`),
  }));
  const { body: made } = await ask("/v1/messages/batches", { requests });
  expect(made).toMatchObject({ processing_status: "in_progress", request_counts: { processing: 20 } });
  const before = server.bill.charges.length;
  expect(before).toBeGreaterThan(0);
  expect((await ask(`/v1/messages/batches/${made.id}/cancel`, {})).body).toMatchObject({
    processing_status: "ended",
    request_counts: { processing: 0, succeeded: before, canceled: 20 - before },
  });
  expect(server.bill.charges.length).toBe(before);
  await server.close();
});

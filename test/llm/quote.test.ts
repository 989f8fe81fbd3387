import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { expect, test } from "vitest";
import { toTokensInMax } from "../../src/llm/hold-bound.ts";
import { createMockProvider } from "../../src/llm/mock-provider.ts";
import { createDraw, toValue } from "../../src/llm/mock-value.ts";
import { openLlm } from "../../src/llm/open-llm.ts";
import { openQuotes } from "../../src/llm/quote.ts";
import { toReplySchema } from "../../src/llm/reply-schema.ts";
import {
  askVerb,
  createScriptedProvider,
  GOOD,
  MODEL,
  PRICES,
  toDraft,
  toLlmOptions,
} from "../support/scripted-provider.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();

test("a quote is what the gate would hold, and says what is in the cache", async () => {
  const directory = await mkdtemp(join(folder, "quote-"));
  let held = -1;
  const provider = createScriptedProvider(() => {
    held = llm.books().heldNusd;
    return { text: GOOD };
  });
  const llm = await openLlm(toLlmOptions(directory, provider));
  await llm.ask(askVerb, toDraft("find two kettles"), { loader: "a/b" });
  // Another process's lock does not matter: nothing is touched.
  const quotes = await openQuotes({ directory, provider, model: MODEL, prices: PRICES });
  const asked = quotes.quote(askVerb as never, toDraft("find two kettles"));
  const other = quotes.quote(askVerb as never, toDraft("find ten kettles"));
  expect(asked).toMatchObject({ cached: true, maxTokens: 100, holdNusd: held });
  expect(other).toMatchObject({ cached: false, holdNusd: held });
  expect(asked.texts.slice(0, 2)).toEqual(["Say what is to be done.", "find two kettles"]);
  expect(other.holdNusd).toBe(other.tokensInMax * 1_000 + 100 * 5_000);
  await llm.close();
});

test("quotes for a folder that is not there make none", async () => {
  const directory = join(folder, "never");
  const provider = createMockProvider();
  const quotes = await openQuotes({ directory, provider, model: MODEL, prices: PRICES });
  expect(quotes.quote(askVerb as never, toDraft("find")).cached).toBe(false);
  expect(existsSync(directory)).toBe(false);
});

test("no text has more tokens than its bound", () => {
  const [price] = Object.values(PRICES.models);
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.stringMatching(/^[\ufdfa\u3389\ufb03a-z \n"\\]{0,200}$/),
  );
  fc.assert(
    fc.property(texts, texts, (system, content) => {
      const body = JSON.stringify({ system, messages: [{ role: "user", content }] });
      const bound = toTokensInMax({ body, schemaText: "", maxTokens: 1 }, price as NonNullable<typeof price>);
      for (const form of [system + content, (system + content).normalize("NFKC")]) {
        expect(countTokens(form, { disallowedSpecial: new Set() })).toBeLessThanOrEqual(bound - 1_000);
      }
    }),
    { seed: 2, numRuns: 300 },
  );
});

test("the mock's answers fit their schema, and follow from the key alone", async () => {
  const schema = toReplySchema(askVerb as never);
  for (let i = 0; i < 200; i++) {
    const value = toValue(schema, createDraw(`key ${i}`));
    expect(askVerb.reply.safeParse(value).success, JSON.stringify(value)).toBe(true);
    expect(toValue(schema, createDraw(`key ${i}`))).toEqual(value);
  }
  const texts = new Set(Array.from({ length: 50 }, (_, i) => JSON.stringify(toValue(schema, createDraw(`key ${i}`)))));
  expect(texts.size).toBeGreaterThan(10);
});

test("with every fault of the mock, each question ends in a reply or with the rules, the same in a second run", async () => {
  const faults = { lost: 0.1, limited: 0.05, notSent: 0.05, badRequest: 0.03, garbled: 0.1, incomplete: 0.1 };
  const more = { cut: 0.03, declined: 0.03, noUsage: 0.05 };
  const directory = await mkdtemp(join(folder, "mock-"));
  const run = async () => {
    const provider = createMockProvider({ faults: { ...faults, ...more } });
    const llm = await openLlm(toLlmOptions(directory, provider, { capNusd: 10 ** 12 }));
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, i) => llm.ask(askVerb, toDraft(`row ${i}`), { loader: "a/b" })),
    );
    const { spentNusd } = llm.books();
    const digest = llm.digest();
    await llm.close();
    return { answers: answers.map(({ uses: _, ...answer }) => answer), spentNusd, digest };
  };
  const first = await run();
  const second = await run();
  expect(second).toEqual({ ...first, spentNusd: 0 });
  const kinds = new Set(first.answers.map((answer) => (answer.kind === "rules" ? answer.reason : answer.kind)));
  for (const kind of ["reply", "bad_request", "length", "refusal", "invalid_reply"]) expect(kinds).toContain(kind);
});

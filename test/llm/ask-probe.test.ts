import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { BudgetError } from "../../src/contract/index.ts";
import { askProbe } from "../../src/llm/ask-probe.ts";
import type { CountedQuestion } from "../../src/llm/estimate-sample.ts";
import { openLlm } from "../../src/llm/open-llm.ts";
import { openQuotes } from "../../src/llm/quote.ts";
import type { Script } from "../support/scripted-provider.ts";
import {
  askVerb,
  createScriptedProvider,
  DOLLAR,
  GOOD,
  MODEL,
  PRICES,
  REPLY_NUSD,
  toDraft,
  toLlmOptions,
  USAGE,
} from "../support/scripted-provider.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const never = new AbortController().signal;

/** Questions as a census has them, and what is held for one: their bodies are equally long. */
async function toQuestions(count: number): Promise<{ questions: CountedQuestion[]; holdNusd: number }> {
  const options = { directory: join(folder, "none"), provider: createScriptedProvider(() => ({ text: GOOD })) };
  const quotes = await openQuotes({ ...options, model: MODEL, prices: PRICES });
  const quoted = Array.from({ length: count }, (_, i) => {
    const draft = toDraft(`row ${String(i).padStart(4, "0")}`);
    return { draft, quote: quotes.quote(askVerb as never, draft) };
  });
  const questions = quoted.map(({ draft, quote: { key, tokensInMax, maxTokens } }) => ({
    ...{ transform: askVerb as never, loader: "a/b", rank: 0, tokensIn: 90, tokensInMax, maxTokens, key, draft },
  }));
  return { questions, holdNusd: quoted[0]?.quote.holdNusd ?? 0 };
}

async function play(
  script: Script,
  count: number,
  spendNusdMax: number,
  { atOnce = 4, capNusd = DOLLAR, signal = never } = {},
) {
  const { questions, holdNusd } = await toQuestions(count);
  const provider = createScriptedProvider(script);
  const directory = await mkdtemp(join(folder, "probe-"));
  const llm = await openLlm(toLlmOptions(directory, provider, { spendNusdMax, capNusd, concurrencyMax: atOnce }));
  try {
    return { provider, holdNusd, probed: await askProbe(llm, questions, { atOnce, signal }), books: llm.books() };
  } finally {
    await llm.close();
  }
}

test("asks every question once, in order, and tells what each used", async () => {
  const used = (number: number) => ({ in: 100, out: 10 + number });
  const { provider, probed } = await play((_, number) => ({ text: GOOD, usage: used(number) }), 12, DOLLAR);
  expect(provider.sent.map(({ messages }) => messages[0]?.content)).toEqual(
    Array.from({ length: 12 }, (_, i) => `row ${String(i).padStart(4, "0")}`),
  );
  expect(probed.rows).toEqual(Array.from({ length: 12 }, (_, i) => ({ tokensIn: 90, usage: used(i) })));
  expect(probed.asked.size).toBe(12);
  expect(probed).toMatchObject({ cached: 0, stopped: undefined });
});

test("rows are in the order of the questions, whichever reply comes first", async () => {
  const { probed } = await play(
    async (request, number) => {
      await sleep(number % 2 === 0 ? 20 : 0);
      const usage = { in: 100, out: 1 + Number(request.messages[0]?.content.slice(4)) };
      return {
        kind: "reply",
        raw: JSON.stringify({ text: GOOD, stop: "end", usage }),
        reply: { text: GOOD, stop: "end", usage },
      };
    },
    10,
    DOLLAR,
  );
  expect(probed.rows.map(({ usage }) => usage.out)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test.each([1, 3, 16])("asks as many as its budget is sure to pay for, the same with %i at once", async (atOnce) => {
  const { holdNusd } = await play(() => ({ text: GOOD }), 1, DOLLAR);
  // The last hold fits to the nano-dollar.
  const budget = 19 * REPLY_NUSD + holdNusd;
  const { probed, books, provider } = await play(() => ({ text: GOOD, usage: USAGE }), 60, budget, { atOnce });
  expect(provider.sent).toHaveLength(20);
  expect(probed.rows).toHaveLength(20);
  expect(probed.spentNusd).toBe(20 * REPLY_NUSD);
  expect(probed.stopped).toMatch(/^Of the \$0\.\d+ that may be spent here \$0\.\d+ is left/);
  expect(books).toMatchObject({ settledNusd: 20 * REPLY_NUSD, heldNusd: 0, capNusd: DOLLAR });
});

test("what is lost counts in full against the budget", async () => {
  const { holdNusd } = await play(() => ({ text: GOOD }), 1, DOLLAR);
  const { probed, books } = await play(() => ({ kind: "unknown", detail: "cut" }), 60, 3 * holdNusd + 1, { atOnce: 1 });
  expect(books.settledNusd).toBe(3 * holdNusd);
  expect(probed).toMatchObject({ rows: [], spentNusd: 3 * holdNusd });
});

test("the ledger's cap ends it, too, in the cap's own words", async () => {
  const { holdNusd } = await play(() => ({ text: GOOD }), 1, DOLLAR);
  const { probed } = await play(() => ({ text: GOOD }), 60, DOLLAR, { capNusd: holdNusd + 2 * REPLY_NUSD, atOnce: 2 });
  expect(probed.rows).toHaveLength(3);
  expect(probed.stopped).toMatch(/^The cap of \$0\.\d+ is reached/);
});

test("a wrong price is no matter of a budget: it is thrown", async () => {
  const played = play(() => ({ text: GOOD, usage: { in: 1_000_000, out: 50 } }), 5, DOLLAR);
  await expect(played).rejects.toThrow(BudgetError);
  await expect(played).rejects.toMatchObject({ stop: "hold_exceeded" });
});

test("after an interrupt nothing more is asked, and what is under way is paid for and kept", async () => {
  const stop = new AbortController();
  let answered = 0;
  const script: Script = async (_, number) => {
    if (number === 5) stop.abort(new Error("interrupted"));
    await sleep(5);
    answered += 1;
    return {
      kind: "reply",
      raw: JSON.stringify({ text: GOOD, stop: "end", usage: USAGE }),
      reply: { text: GOOD, stop: "end", usage: USAGE },
    };
  };
  await expect(play(script, 40, DOLLAR, { atOnce: 3, signal: stop.signal })).rejects.toThrow("interrupted");
  expect(answered).toBeGreaterThanOrEqual(6);
  expect(answered).toBeLessThanOrEqual(8);
});

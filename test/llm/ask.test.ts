import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BudgetError, DefinitionError, SourceError } from "../../src/contract/errors.ts";
import { readLedger } from "../../src/llm/ledger.ts";
import { type LlmOptions, openLlm } from "../../src/llm/open-llm.ts";
import type { Outcome } from "../../src/llm/provider.ts";
import type { LedgerEvent } from "../../src/schema/ledger.ts";
import {
  askVerb,
  createScriptedProvider,
  DOLLAR,
  GOOD,
  REPLY_NUSD,
  type Script,
  toDraft,
  toLlmOptions,
} from "../support/scripted-provider.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const ABOUT = { loader: "a/b" };
const LOST: Outcome = { kind: "unknown", detail: "ECONNRESET" };
const FREE: Outcome = { kind: "free", reason: "limited", status: 429, detail: "429", retryAfterMs: 1 };

async function openWith(script: Script, more: Partial<LlmOptions> = {}) {
  const directory = more.directory ?? (await mkdtemp(join(folder, "llm-")));
  const provider = createScriptedProvider(script);
  const llm = await openLlm(toLlmOptions(directory, provider, more));
  const ask = (request: string) => llm.ask(askVerb, toDraft(request), ABOUT);
  return { llm, directory, sent: provider.sent, ask };
}

async function readEvents(directory: string): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  await readLedger(join(directory, "ledger.jsonl"), (event) => events.push(event));
  return events;
}

/** The holds and what became of them, as "model why nusd". */
async function listSettled(directory: string): Promise<string[]> {
  const events = await readEvents(directory);
  return events.flatMap((event) => (event.t === "settle" ? [`${event.why} ${event.nusd}`] : []));
}

async function findHoldNusd(directory: string): Promise<number> {
  const reserve = (await readEvents(directory)).find((event) => event.t === "reserve");
  return reserve?.nusd ?? -1;
}

test("a reply is bought once: later asks and later runs take it from the cache", async () => {
  const { llm, directory, ask, sent } = await openWith(() => ({ text: GOOD }));
  const first = await ask("find two kettles");
  expect(first).toMatchObject({ kind: "reply", value: { verb: "find", count: 2 } });
  expect(first.uses).toMatchObject([{ cached: false, nusd: REPLY_NUSD, usage: { in: 100, out: 50 } }]);
  expect((await ask("find two kettles")).uses).toEqual([{ ...first.uses[0], cached: true }]);
  const digest = llm.digest();
  await llm.close();

  const again = await openWith(() => LOST, { directory, capNusd: undefined });
  expect(await again.ask("find two kettles")).toMatchObject({ kind: "reply", value: { verb: "find", count: 2 } });
  expect((await again.ask("find two kettles")).uses[0]?.cached).toBe(true);
  expect(again.llm.digest()).toBe(digest);
  expect(again.llm.books()).toMatchObject({
    spentNusd: 0,
    settledNusd: REPLY_NUSD,
    savedNusd: 2 * REPLY_NUSD,
    cached: 2,
  });
  await again.llm.close();
  expect([sent.length, again.sent.length]).toEqual([1, 0]);
  expect((await readEvents(directory)).map(({ t }) => t)).toEqual([
    ...["open", "cap", "reserve", "settle", "cached"],
    ...["open", "cached"],
  ]);
});

test("drafts with the same question share one request", async () => {
  const { llm, ask, sent } = await openWith(() => ({ text: GOOD }));
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask("find two kettles")));
  expect(sent.length).toBe(1);
  expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 20 }, () => "reply"));
  expect(answers.filter(({ uses }) => !uses[0]?.cached).length).toBe(1);
  expect(llm.books()).toMatchObject({ settledNusd: REPLY_NUSD, heldNusd: 0 });
  await llm.close();
});

test("JSON that is nearly right is repaired for free", async () => {
  const { llm, ask, sent } = await openWith(() => ({
    text: "Here it is:\n```json\n{verb: 'find', \"count\": 2,}\n```\nDone.",
  }));
  expect(await ask("find")).toMatchObject({ kind: "reply", value: { verb: "find", count: 2 } });
  expect(sent.length).toBe(1);
  await llm.close();
});

test("an answer that does not fit is asked for once more, with what is wrong, and both are paid and kept", async () => {
  const script: Script = (request) => ({ text: request.messages.length === 1 ? '{"verb":"find","count":0}' : GOOD });
  const { llm, directory, ask, sent } = await openWith(script);
  const answer = await ask("find nothing");
  expect(answer).toMatchObject({ kind: "reply", value: { count: 2 } });
  expect(sent[1]?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
  expect(sent[1]?.messages[1]?.content).toBe('{"verb":"find","count":0}');
  expect(sent[1]?.messages[2]?.content).toMatch(/^Your answer does not fit the schema: count: Too small/);
  await llm.close();
  expect(await listSettled(directory)).toEqual([`ok ${REPLY_NUSD}`, `ok ${REPLY_NUSD}`]);

  const again = await openWith(() => LOST, { directory });
  expect(await again.ask("find nothing")).toEqual({
    ...answer,
    uses: answer.uses.map((use) => ({ ...use, cached: true })),
  });
  expect(again.sent).toEqual([]);
  await again.llm.close();
});

test.each([
  ["a second bad answer", () => ({ text: "I don't know." }), "invalid_reply", 2],
  ["an answer that was cut", () => ({ text: '{"verb":"fi', stop: "length" as const }), "length", 1],
  ["a refusal", () => ({ text: "", stop: "refusal" as const }), "refusal", 1],
] satisfies [string, Script, string, number][])("%s leaves it to the rules", async (_, script, reason, requests) => {
  const { llm, directory, ask, sent } = await openWith(script);
  expect(await ask("find")).toMatchObject({ kind: "rules", reason });
  expect(await ask("find")).toMatchObject({ kind: "rules", reason });
  expect(sent.length).toBe(requests);
  await llm.close();
  expect((await listSettled(directory)).length).toBe(requests);
});

test("a lost outcome is charged in full and tried once more; lost twice, the rules must do, for good", async () => {
  const lose = new Set(["once", "twice"]);
  const script: Script = ({ messages }, number) => {
    const about = messages[0]?.content ?? "";
    if (about === "once" && number > 1) lose.delete("once");
    return lose.has(about) ? LOST : { text: GOOD };
  };
  const { llm, directory, ask, sent } = await openWith(script, { concurrencyMax: 1 });
  await ask("fine");
  const [, twice] = await Promise.all([ask("once"), ask("twice"), ask("also fine")]);
  expect(twice).toMatchObject({ kind: "rules", reason: "outcome_unknown" });
  expect(await ask("once")).toMatchObject({ kind: "reply" });
  await llm.close();
  const hold = await findHoldNusd(directory);
  expect(hold).toBeGreaterThan(REPLY_NUSD);
  const settled = await listSettled(directory);
  expect(settled.filter((line) => line.startsWith("unknown")).length).toBe(3);
  expect(sent.filter(({ messages }) => messages[0]?.content === "twice").length).toBe(2);

  const again = await openWith(() => ({ text: GOOD }), { directory });
  expect(await again.ask("twice")).toMatchObject({ kind: "rules", reason: "outcome_unknown" });
  expect(again.sent).toEqual([]);
  await again.llm.close();
});

test("refusals that are not billed cost nothing and are tried again, each with a hold of its own", async () => {
  const { llm, directory, ask, sent } = await openWith((_, number) => (number < 3 ? FREE : { text: GOOD }));
  expect(await ask("find")).toMatchObject({ kind: "reply" });
  expect(sent.length).toBe(4);
  await llm.close();
  expect(await listSettled(directory)).toEqual(["free 0", "free 0", "free 0", `ok ${REPLY_NUSD}`]);
});

test("no usage, no discount: the whole hold is charged", async () => {
  const { llm, directory, ask } = await openWith(() => ({ text: GOOD, usage: undefined }));
  expect(await ask("find")).toMatchObject({ kind: "reply" });
  await llm.close();
  expect(await listSettled(directory)).toEqual([`ok ${await findHoldNusd(directory)}`]);
});

test("a request that the vendor refuses as such is not sent again, once others were answered", async () => {
  const refuse: Outcome = { kind: "free", reason: "bad_request", status: 400, detail: "400 invalid_request_error" };
  const script: Script = ({ messages }) => (messages[0]?.content === "bad" ? refuse : { text: GOOD });
  const { llm, directory, ask } = await openWith(script);
  await ask("good");
  expect(await ask("bad")).toMatchObject({ kind: "rules", reason: "bad_request" });
  await llm.close();
  const again = await openWith(() => ({ text: GOOD }), { directory });
  expect(await again.ask("bad")).toMatchObject({ kind: "rules", reason: "bad_request" });
  expect(again.sent).toEqual([]);
  await again.llm.close();
});

test.each([
  ["property 'minimum' is not supported", "400 invalid_request_error: property 'minimum' is not supported"],
  ["the text 'row number 3 of the secret list' is refused", "400 invalid_request_error"],
])("where all requests are refused (%s) the run stops, and nothing is held against them later", async (says, words) => {
  const refuse: Outcome = {
    kind: "free",
    reason: "bad_request",
    status: 400,
    detail: "400 invalid_request_error",
    says,
  };
  const { llm, directory, ask } = await openWith(() => refuse, { concurrencyMax: 1 });
  const asked = await Promise.allSettled(
    Array.from({ length: 12 }, () => ask("row number 3 of the secret list")).concat(
      Array.from({ length: 12 }, (_, i) => ask(`row ${i} row number 3 of the secret list`)),
    ),
  );
  const [error] = asked.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  expect(error).toBeInstanceOf(DefinitionError);
  expect(error.message).toContain(`has refused the first 8 requests (${words}) and answered none`);
  expect(llm.books().settledNusd).toBe(0);
  await llm.close();
  const again = await openWith(() => ({ text: GOOD }), { directory });
  expect(await again.ask("row number 3 of the secret list")).toMatchObject({ kind: "reply" });
  await again.llm.close();
});

test.each([
  ["unauthorized", SourceError, /refuses the API key \(401\)/],
  ["no_credit", SourceError, /has no credit left/],
  ["not_found", DefinitionError, /does not know the model/],
] as const)("%s stops the run at once", async (reason, kind, message) => {
  const { llm, ask, sent } = await openWith(() => ({ kind: "free", reason, status: 401, detail: "401" }), {
    concurrencyMax: 1,
  });
  const [first, second] = await Promise.allSettled([ask("one"), ask("two")]);
  expect([first.status, second.status]).toEqual(["rejected", "rejected"]);
  await expect(ask("three")).rejects.toThrow(kind);
  await expect(ask("four")).rejects.toThrow(message);
  expect(sent.length).toBe(1);
  expect(llm.books()).toMatchObject({ settledNusd: 0, heldNusd: 0 });
  await llm.close();
});

test("a vendor that does not answer is given up, for a bounded sum", async () => {
  const { llm, ask, sent } = await openWith(() => LOST, { breaker: { pauseMs: 1, pauseMsMax: 1, probesMax: 3 } });
  const asked = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => ask(`row ${i}`)));
  const reasons = asked.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toBeInstanceOf(SourceError);
  expect(reasons[0].message).toMatch(/localhost could not be asked: it has not answered for minutes \(3 tries\)/);
  // 16 under way when it was noticed, and three probes.
  expect(sent.length).toBeLessThanOrEqual(19);
  expect(llm.books().heldNusd).toBe(0);
  await llm.close();
});

test("the cap ends the run before it is passed, and what fits is spent", async () => {
  const { llm, directory, ask } = await openWith(() => ({ text: GOOD }), { capNusd: 10_000_000 });
  const asked = await Promise.allSettled(Array.from({ length: 60 }, (_, i) => ask(`row ${i}`)));
  const answered = asked.filter(({ status }) => status === "fulfilled").length;
  const { reason } = asked.find(({ status }) => status === "rejected") as PromiseRejectedResult;
  expect(reason).toBeInstanceOf(BudgetError);
  expect(reason.stop).toBe("cap_reached");
  expect(reason.message).toMatch(/^The cap of \$0.01 is reached: \$0.0\d+ spent, \$0.00 held/);
  const { settledNusd, heldNusd } = llm.books();
  const hold = await findHoldNusd(directory);
  expect([settledNusd, heldNusd]).toEqual([answered * REPLY_NUSD, 0]);
  expect(settledNusd + hold).toBeGreaterThan(10_000_000); // not one more would have fitted
  await llm.close();
});

test("without a cap nothing that costs is sent", async () => {
  const { llm, ask, sent } = await openWith(() => ({ text: GOOD }), { capNusd: undefined });
  await expect(ask("find")).rejects.toMatchObject({ name: "BudgetError", stop: "not_approved" });
  expect(sent).toEqual([]);
  await llm.close();
});

test("a request that cost more than its hold is booked and ends all sending, until a person accepts it", async () => {
  const usage = { in: 100, out: 900_000 };
  const { llm, directory, ask } = await openWith(() => ({ text: GOOD, usage }), { capNusd: 100 * DOLLAR });
  await expect(ask("find")).rejects.toMatchObject({ name: "BudgetError", stop: "hold_exceeded" });
  expect(llm.books()).toMatchObject({ settledNusd: 100_000 + 900_000 * 5_000, heldNusd: 0 });
  await llm.close();

  const again = await openWith(() => ({ text: GOOD }), { directory, capNusd: undefined });
  expect(await again.ask("find")).toMatchObject({ kind: "reply" }); // it was paid for
  await expect(again.ask("send")).rejects.toMatchObject({ stop: "hold_exceeded" });
  expect(again.sent).toEqual([]);
  await again.llm.close();

  const accepted = await openWith(() => ({ text: GOOD }), { directory, capNusd: undefined, acceptExceeded: true });
  expect(await accepted.ask("send")).toMatchObject({ kind: "reply" });
  await accepted.llm.close();
});

test("an abort ends asks at once, and what was sent is charged", async () => {
  const stop = new AbortController();
  const hang: Script = (_, __, signal) =>
    new Promise((done) => signal.addEventListener("abort", () => done({ kind: "unknown", detail: "AbortError" })));
  const { llm, directory, ask, sent } = await openWith(hang, { signal: stop.signal, concurrencyMax: 2 });
  const asked = Array.from({ length: 5 }, (_, i) => ask(`row ${i}`));
  const settled = Promise.allSettled(asked);
  await expect.poll(() => sent.length).toBe(2);
  stop.abort(new Error("enough"));
  for (const one of await settled) expect(one).toMatchObject({ status: "rejected", reason: { message: "enough" } });
  await llm.close();
  const hold = await findHoldNusd(directory);
  expect(await listSettled(directory)).toEqual([`unknown ${hold}`, `unknown ${hold}`]);
});

test("ledger and errors hold no word of a prompt or a reply", async () => {
  const { llm, directory, ask } = await openWith(() => ({ text: '{"verb":"marzipan"}' }));
  await ask("please find the xylophone");
  await llm.close();
  expect(readFileSync(join(directory, "ledger.jsonl"), "utf8")).not.toMatch(/xylophone|marzipan/);
});

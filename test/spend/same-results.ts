import { join } from "node:path";
import type { Answer } from "../../src/llm/ask.ts";
import { createDraw } from "../../src/llm/mock-value.ts";
import type { Provider } from "../../src/llm/provider.ts";
import { readReply } from "../../src/llm/read-reply.ts";
import { openReplyCache, scanCache } from "../../src/llm/reply-cache.ts";
import { toCanonicalJson } from "../../src/schema/canonical-json.ts";
import { toAnswer, toContentKind, toRequestHash } from "../support/llm-replies.ts";
import { assert } from "./checks.ts";
import { type Lived, live, MODEL, openTortureProvider } from "./life.ts";
import { askIntent, toFirstRequest } from "./questions.ts";
import type { Scenario } from "./scenario.ts";

/**
 * What came out at the end is what comes out of a run that nothing disturbs, in a new folder, from a vendor that gives the
 * very replies that are in the cache; and what the model means by its texts, read past all of planstream.
 */
export async function assertSameResults(
  scenario: Scenario,
  directory: string,
  newDirectory: string,
  lived: Lived,
): Promise<void> {
  const cache = openReplyCache(join(directory, "cache"), await scanCache(join(directory, "cache")));
  const vendor = openTortureProvider(scenario, "http://127.0.0.1:1");
  const replaying: Provider = {
    ...vendor,
    async send(_, { key }) {
      const line = await cache.get(key);
      if (line === undefined) throw new Error(`${key} is asked for, and was not before`);
      if (!("raw" in line)) return { kind: "free", reason: "bad_request", status: 400, detail: "as before" };
      const reply = vendor.parseReply(line.raw);
      if (reply === undefined) throw new Error(`${key} is kept with a body that is no reply`);
      return { kind: "reply", raw: line.raw, reply };
    },
  };
  const keys = new Set<string>();
  await scanCache(join(directory, "cache"), (_, read) => keys.add(read().key));
  // What was refused while nobody was answered is not kept: a later run asks again. And where a reply was lost twice,
  // there is none to go by.
  const isKept = (answer: Answer<unknown>) => !isLost(answer) && answer.uses.every(({ key }) => keys.has(key));
  const rows = [...lived.answers]
    .filter(([, answer]) => isKept(answer))
    // Replies first: a vendor that begins with nothing but refusals is not believed.
    .sort(([, a], [, b]) => Number(isReplied(b)) - Number(isReplied(a)))
    .map(([number]) => number);
  const signal = new AbortController().signal;
  const capNusd = 1_000_000_000_000;
  const again = await live({
    scenario: { ...scenario, concurrency: 1 },
    directory: newDirectory,
    provider: replaying,
    signal,
    capNusd,
    rows,
    mode: "direct",
  });
  await cache.close();
  if (again.error !== undefined) throw again.error;
  for (const number of rows) {
    const [before, after] = [toText(lived.answers.get(number)), toText(again.answers.get(number))];
    assert(before === after, `row ${number}: ${before} when disturbed, ${after} when not`);
  }
  const isWhole = lived.unaffordable === 0 && rows.length === lived.answers.size;
  if (isWhole) assert(lived.digest === again.digest, "the digest of the replies differs from an undisturbed run's");
  assertMeant(scenario, lived);
}

function isReplied({ uses: [first] }: Answer<unknown>): boolean {
  return first !== undefined && first.nusd > 0;
}

function isLost(answer: Answer<unknown>): boolean {
  return answer.kind === "rules" && answer.reason === "outcome_unknown";
}

/** Values and reasons, and which replies they rest on; not who paid. */
function toText(answer: Answer<unknown> | undefined): string {
  if (answer === undefined) return "nothing";
  const uses = answer.uses.map(({ key, sha256 }) => [key, sha256]);
  return toCanonicalJson(answer.kind === "reply" ? { value: answer.value, uses } : { reason: answer.reason, uses });
}

/** The rows whose first answer can be read have its value, and only they have it with one reply. */
function assertMeant(scenario: Scenario, { answers }: Lived): void {
  const { seed, dialect, content } = scenario;
  const provider = openTortureProvider(scenario, "http://127.0.0.1:1");
  for (const [number, answer] of answers) {
    const request = JSON.parse(provider.encode(toFirstRequest(seed, number, MODEL), false));
    const kind = toContentKind(seed, toRequestHash(request), content);
    const { body } = toAnswer(dialect, request, { seed, kind, draw: createDraw("any") });
    const meant = provider.parseReply(JSON.stringify(body));
    const read = meant && readReply(meant.text, askIntent.reply);
    const expected = read?.ok && meant?.stop === "end" && !kind?.startsWith("refused") ? read.value : undefined;
    const got = answer.kind === "reply" && answer.uses.length === 1 ? answer.value : undefined;
    const [a, b] = [JSON.stringify(expected), JSON.stringify(got)];
    assert(isLost(answer) || a === b, `row ${number}: the model means ${a}, the answer is ${b}`);
  }
  void provider.close();
}

import { openProvider } from "../../src/llm/open-provider.ts";
import { toCost } from "../../src/llm/prices.ts";
import type { LlmBill } from "../support/llm-bill.ts";
import { startLlmServer } from "../support/llm-server.ts";
import { MODEL } from "./life.ts";
import { toFirstRequest } from "./questions.ts";
import { PRICES } from "./scenario.ts";

/** How a gate did that looks at what was spent, sends, and adds up the replies. */
export type NaiveEnd = {
  readonly capNusd: number;
  readonly billedNusd: number;
  readonly believedNusd: number;
  readonly atOnce: number;
};

/**
 * What gates commonly do: `if (spent >= cap) stop`, then ask, then add what the reply says it cost. Kept to know that the
 * torture can fail: with many requests at once, and with replies that get lost, the bill goes over the cap.
 */
export async function playNaive(options: {
  seed: number;
  rows: number;
  atOnce: number;
  share: number;
}): Promise<NaiveEnd> {
  const { seed, rows, atOnce, share } = options;
  const price = PRICES.anthropic;
  const faults = { dropBilled: 0.05, hangBilled: 0.01 };
  const server = await startLlmServer({ seed, price, faults, delayMs: 10 });
  const env = { ANTHROPIC_API_KEY: "test-key" };
  const provider = openProvider("anthropic", { baseUrl: server.url, env, timeoutsMs: { whole: 2_000 } });
  // About `share` of what all rows would cost.
  const capNusd = Math.round(rows * share * 400_000);
  let spent = 0;
  let next = 0;
  const { signal } = new AbortController();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < rows && spent < capNusd) {
        const number = next++;
        const body = provider.encode(toFirstRequest(seed, number, MODEL), false);
        const outcome = await provider.send(body, { signal, key: String(number), attempt: 0 });
        if (outcome.kind === "reply" && outcome.reply.usage) spent += toCost(price, outcome.reply.usage, "direct");
      }
    }),
  );
  await provider.close();
  const { bill }: { bill: LlmBill } = server;
  await server.close();
  return { capNusd, billedNusd: bill.nusd, believedNusd: spent, atOnce };
}

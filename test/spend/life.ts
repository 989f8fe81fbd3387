import { BudgetError } from "../../src/contract/errors.ts";
import type { Answer } from "../../src/llm/ask.ts";
import { type Llm, openLlm } from "../../src/llm/open-llm.ts";
import { openProvider } from "../../src/llm/open-provider.ts";
import type { PriceTable } from "../../src/llm/price-table.ts";
import type { Provider } from "../../src/llm/provider.ts";
import { askIntent, toRow } from "./questions.ts";
import { HASTE, PRICES, type Scenario, toNowMs } from "./scenario.ts";

/** What a life found out about its rows; a row that could not be paid for is not among the answers. */
export type Lived = {
  readonly answers: ReadonlyMap<number, Answer<unknown>>;
  readonly unaffordable: number;
  readonly digest: string;
  /** What ended it before its rows were through, if anything did. */
  readonly error?: unknown;
};

export type LifeOptions = {
  readonly scenario: Scenario;
  readonly directory: string;
  readonly provider: Provider;
  readonly signal: AbortSignal;
  readonly mode?: Scenario["mode"];
  /** Undefined: the ledger's own. */
  readonly capNusd?: number | undefined;
  /** Which rows are asked about; all unless said. */
  readonly rows?: readonly number[];
};

export const MODEL = "torture-1";

/** `isPatient`: where nothing hangs, however slow the machine is. */
export function openTortureProvider({ dialect, concurrency }: Scenario, url: string, isPatient = false): Provider {
  return openProvider(dialect, {
    baseUrl: dialect === "openai" ? `${url}/v1` : url,
    env: { ANTHROPIC_API_KEY: "test-key", OPENAI_API_KEY: "test-key" },
    connectionsMax: concurrency,
    timeoutsMs: { connect: 5_000, headers: 30_000, whole: isPatient ? 30_000 : 500 },
  });
}

export function toPrices({ dialect }: Scenario): PriceTable {
  const models = { [`${dialect}/${MODEL}`]: PRICES[dialect] };
  return { schema: "planstream/prices/1", as_of: "2026-11-01", source: "made for the torture", models };
}

/** One life of a client: opens the ledger, asks about the rows, closes. Ends early when the signal says so. */
export async function live(options: LifeOptions): Promise<Lived> {
  const { scenario, directory, provider, signal, capNusd } = options;
  const answers = new Map<number, Answer<unknown>>();
  let unaffordable = 0;
  let digest = "";
  let llm: Llm | undefined;
  try {
    llm = await openLlm({
      ...{ directory, provider, signal, capNusd, run: "torture", by: "the torture" },
      model: `${scenario.dialect}/${MODEL}`,
      prices: toPrices(scenario),
      concurrencyMax: scenario.concurrency,
      breaker: { pauseMs: 2, pauseMsMax: 20, probesMax: 200 },
      batch: {
        pollMs: 3,
        pollMsMax: 30,
        triesMax: 200,
        absentAfterMs: 300 * HASTE,
        shardRowsMax: scenario.shardRowsMax,
      },
      now: () => new Date(toNowMs(scenario)),
    });
    if ((options.mode ?? scenario.mode) !== "direct") await askByBatch(llm, options);
    unaffordable = await askAll(llm, options, answers);
    digest = llm.digest();
  } catch (error) {
    return { answers, unaffordable, digest, error };
  } finally {
    await (llm ?? provider).close().catch(() => undefined); // a dead disk can't be told anything
  }
  return { answers, unaffordable, digest };
}

/** Asks by batches as long as that brings anything: about all rows, or every second one. */
async function askByBatch({ batches }: Llm, { scenario, mode = scenario.mode }: LifeOptions): Promise<void> {
  if (batches === undefined) throw new Error("the vendor has no batches");
  const step = mode === "mixed" ? 2 : 1;
  let { sent } = await batches.finish();
  for (let round = 0; round < 4; round++) {
    for (let number = 0; number < scenario.rows; number += step) {
      await batches.add(askIntent, toRow(scenario.seed, number), { loader: "spend/torture" });
    }
    const counts = await batches.finish();
    if (counts.sent === sent) return;
    sent = counts.sent;
  }
}

/** Asks about all rows at once; the client's own limit is what holds them back. Returns how many could not be paid for. */
async function askAll(
  llm: Llm,
  { scenario, rows }: LifeOptions,
  answers: Map<number, Answer<unknown>>,
): Promise<number> {
  const numbers = rows ?? Array.from({ length: scenario.rows }, (_, number) => number);
  const errors: unknown[] = [];
  let unaffordable = 0;
  await Promise.all(
    numbers.map(async (number) => {
      try {
        answers.set(number, await llm.ask(askIntent, toRow(scenario.seed, number), { loader: "spend/torture" }));
      } catch (error) {
        if (error instanceof BudgetError && error.stop === "cap_reached") unaffordable += 1;
        else errors.push(error);
      }
    }),
  );
  if (errors.length > 0) throw errors[0];
  return unaffordable;
}

import type { Estimate } from "../llm/estimate.ts";
import { ANCESTOR_CASE, type AssumedCosts } from "../llm/estimate-example.ts";
import { SAMPLE_ROWS_MIN } from "../llm/estimate-sample.ts";
import { formatUsd, type Nusd, toUsdText } from "../llm/money.ts";
import type { CallMode } from "../llm/prices.ts";
import { formatCount, formatTable } from "./format.ts";

/** One line of the table: a model in a mode. */
export type EstimateLine = { readonly model: string; readonly mode: CallMode; readonly estimate: Estimate };

/** The estimates as a table for a person. All lines are of the same rows. */
export function toEstimateText(lines: readonly EstimateLine[]): string {
  const [first] = lines;
  if (!first) return "no model to estimate\n";
  const { rows, cached } = first.estimate;
  const head = `${formatCount(rows)} rows to ask, ${formatCount(cached)} in the cache (free)\n\n`;
  const table = lines.map(({ model, mode, estimate }) => {
    const { low, expected, high, worst } = estimate.nusd;
    const tokens = [estimate.tokens_in, estimate.tokens_out].map(formatCount);
    return [model, mode, ...tokens, ...[low, expected, high, worst].map(formatUsd), toSourceText(estimate)];
  });
  const titles = ["model", "mode", "tokens in", "tokens out", "low", "expected", "high", "worst", "from"];
  return `${head}${formatTable([titles, ...table])}\n${NOTES}`;
}

const NOTES = `Nine runs in ten cost between low and high. Worst is the sum of all reservations, which no run of these rows exceeds
unless replies are lost on the way: those are charged in full, and asked again once. The cap holds in any case.
`;

function toSourceText({ rows: asked, source, n, reasks }: Estimate): string {
  if (asked === 0) return "nothing to ask";
  const percent = `${(100 * reasks.expected).toFixed(1)} % asked twice`;
  if (source === "assumed") return "assumptions: no reply yet";
  if (source === "borrowed") return `probe of ${formatCount(n)} rows with another model`;
  const rows = source === "probe" ? `probe of ${formatCount(n)} rows` : `${formatCount(n)} replies of earlier runs`;
  return `${rows}, ${percent}`;
}

/** What a probe has done and cost, and why it ended before its last row if it did. */
export type ProbeLine = {
  readonly model: string;
  /** Rows that were chosen, how many of them have a reply now, and how many needed nothing that was not there already. */
  readonly chosen: number;
  readonly replies: number;
  readonly cached: number;
  readonly nusd: Nusd;
  readonly budgetNusd: Nusd;
  readonly stopped: string | undefined;
};

/** The probe in words for a person. */
export function toProbeText({ model, chosen, replies, cached, nusd, budgetNusd, stopped }: ProbeLine): string {
  const free = cached > 0 ? ` (${formatCount(cached)} of them from the cache, free)` : "";
  const counts = `${formatCount(replies)} replies for ${formatCount(chosen)} rows chosen${free}`;
  const lines = [`probe of ${model}: ${counts}; it cost ${formatUsd(nusd)} of a budget of ${formatUsd(budgetNusd)}`];
  if (stopped !== undefined) lines.push(`It stopped before its last row. ${stopped}`);
  if (replies < SAMPLE_ROWS_MIN) {
    lines.push(
      `${formatCount(replies)} replies are too few to go by; it takes ${SAMPLE_ROWS_MIN}. They are kept: a higher --probe-budget goes on from there.`,
    );
  }
  return lines.join("\n");
}

/** An excluded track, and what asking a model about it might have cost. */
export type SavedLine = {
  readonly track: string;
  readonly model: string;
  readonly rows: number;
  /** Loaders whose rows nobody knows. */
  readonly unknown: readonly string[];
  readonly nusd: AssumedCosts;
};

/** What leaving a track out saves: said by a run with --exclude-track that asks a model, and by an estimate. */
export function toSavedText({ track, model, rows, unknown, nusd }: SavedLine): string {
  const { tokensIn, tokensOut } = ANCESTOR_CASE;
  const more = unknown.length > 0 ? ` and those of ${unknown.join(", ")}, which are not known` : "";
  return (
    `${track} left out: ${formatCount(rows)} rows${more}, ${formatUsd(nusd.low)} to ${formatUsd(nusd.high)} not spent on ${model} ` +
    `(estimated without reading them: rows as the loaders declare them, ${tokensIn} tokens in and ${tokensOut} out assumed)`
  );
}

/** The estimates as JSON for a program, amounts in exact dollars as text. */
export function toEstimateJson(
  lines: readonly EstimateLine[],
  {
    probe,
    saved = [],
    unread = [],
  }: {
    readonly probe?: ProbeLine | undefined;
    readonly saved?: readonly SavedLine[];
    readonly unread?: readonly string[];
  } = {},
): unknown {
  return {
    schema: "planstream/estimate/1",
    models: lines.map(({ model, mode, estimate: { nusd, ...estimate } }) => {
      return { model, mode, ...estimate, usd: toUsdTexts(nusd) };
    }),
    probe: probe && toProbeJson(probe),
    left_out: saved.map(({ nusd, ...line }) => ({ ...line, usd: toUsdTexts(nusd) })),
    unread,
  };
}

function toProbeJson({ nusd, budgetNusd, stopped, ...line }: ProbeLine): unknown {
  return { ...line, usd: toUsdText(nusd), budget_usd: toUsdText(budgetNusd), stopped: stopped ?? null };
}

function toUsdTexts(amounts: Readonly<Record<string, Nusd>>): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, toUsdText(amount)]));
}

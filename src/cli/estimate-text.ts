import type { Estimate } from "../llm/estimate.ts";
import { formatUsd, toUsdText } from "../llm/money.ts";
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

function toSourceText({ source, probe_rows: rows, reasks }: Estimate): string {
  const percent = `${(100 * reasks.expected).toFixed(1)} % asked twice`;
  if (source === "assumed") return "assumptions: no reply yet";
  return source === "probe" ? `probe of ${rows} rows, ${percent}` : `probe of ${rows} rows with another model`;
}

/** The estimates as JSON for a program, amounts in exact dollars as text. */
export function toEstimateJson(lines: readonly EstimateLine[]): unknown {
  return {
    schema: "planstream/estimate/1",
    models: lines.map(({ model, mode, estimate: { nusd, ...estimate } }) => {
      const usd = Object.entries(nusd).map(([name, amount]) => [name, toUsdText(amount)] as const);
      return { model, mode, ...estimate, usd: Object.fromEntries(usd) };
    }),
  };
}

/** What leaving rows out has saved: `--exclude-track` says so at the end of its run. */
export function toSavedText(track: string, { rows, nusd }: Pick<Estimate, "rows" | "nusd">): string {
  return `${track} left out: ${formatCount(rows)} rows, ${formatUsd(nusd.low)} to ${formatUsd(nusd.high)} not spent`;
}

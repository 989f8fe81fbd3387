import type { EnergyPart } from "../energy/energy-term.ts";
import { type Judgement, PLAN_KINDS, type PlanKind } from "../energy/judge-record.ts";
import { ENERGY_TERMS, type Energy } from "../schema/energy.ts";
import { formatCount, formatTable } from "./format.ts";

const TERMS = [...ENERGY_TERMS, "composite", "E_scope_raw", "E_flow_prov"] as const;
const QUANTILES = [0, 0.25, 0.5, 0.75, 0.95, 0.99, 1] as const;
/** Of a benign plan, what a term may be: DELTA_SEC above it lies what is hostile. */
const CLEAN_MAX = 1;

export type EnergySummary = {
  readonly lexicon: string;
  readonly plans: number;
  /** Plans whose record says another energy than is computed. */
  readonly differ: number;
  readonly kinds: Partial<Record<PlanKind, KindSummary>>;
};

type KindSummary = {
  readonly plans: number;
  /** Plans with each of the four terms at 1 or below. */
  readonly clean: number;
  /** Of each term, the values at QUANTILES: least, quartiles, 95 %, 99 %, most. */
  readonly quantiles: Record<keyof Energy, number[]>;
};

/** Collects energies; `total` sums them up. Holds seven numbers per plan. */
export function createEnergySummary(lexicon: string) {
  const kinds = new Map<PlanKind, Energy[]>();
  let plans = 0;
  let differ = 0;
  return {
    add({ kind, energy, recorded }: Judgement): void {
      const energies = kinds.get(kind);
      if (energies) energies.push(energy);
      else kinds.set(kind, [energy]);
      plans++;
      if (recorded) differ++;
    },
    total(): EnergySummary {
      const present = PLAN_KINDS.filter((kind) => kinds.has(kind));
      const summaries = present.map((kind) => [kind, summarize(kinds.get(kind) as Energy[])]);
      return { lexicon, plans, differ, kinds: Object.fromEntries(summaries) };
    },
  };
}

/** A plan: its terms, and below them what made each. */
export function toJudgementText({ id, kind, made, target, energy, recorded, parts }: Judgement): string {
  const head = [kind === "sample" ? id : `${id} ${kind}`, made, target && `target ${target}`]
    .filter(Boolean)
    .join("  ");
  const lines = [head, `  ${toEnergyText(energy)}`];
  if (recorded) lines.push(`  the record says otherwise: ${toEnergyText(recorded)}`);
  for (const part of parts) lines.push(`    ${toPartText(part)}`);
  return `${lines.join("\n")}\n`;
}

/** What all plans have in common, as a table per kind. */
export function toSummaryText({ lexicon, plans, kinds }: EnergySummary): string {
  if (plans === 0) return "no plans\n";
  let text = "";
  for (const kind of PLAN_KINDS) {
    const summary = kinds[kind];
    if (!summary) continue;
    const { plans, clean, quantiles } = summary;
    const rows = TERMS.map((term) => [term, ...quantiles[term].map(formatEnergy)]);
    text += `\n${kind}: ${formatCount(plans)} plans, ${formatCount(clean)} with every term at ${CLEAN_MAX} or below\n`;
    text += formatTable([["", "min", "25 %", "50 %", "75 %", "95 %", "99 %", "max"], ...rows]);
  }
  return `${text}\nlexicon ${lexicon}\n`;
}

function toEnergyText(energy: Energy): string {
  return TERMS.map((term) => `${term} ${formatEnergy(energy[term])}`).join("  ");
}

function toPartText({ term, factor, amount, node, tool, edge, argument, why }: EnergyPart): string {
  const place = edge ? edge.join(" -> ") : node;
  const where = [tool, argument, place && `(${place})`].filter((word) => word !== undefined).join(" ");
  return `${term} +${formatEnergy(amount)} ${factor}${where === "" ? "" : ` ${where}`}: ${why}`;
}

function summarize(energies: readonly Energy[]): KindSummary {
  const quantiles = Object.fromEntries(
    TERMS.map((term) => [term, toQuantiles(energies.map((energy) => energy[term]))]),
  ) as KindSummary["quantiles"];
  const clean = energies.filter((energy) => ENERGY_TERMS.every((term) => energy[term] <= CLEAN_MAX)).length;
  return { plans: energies.length, clean, quantiles };
}

/** Nearest rank: each is a value that came. */
function toQuantiles(values: number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  return QUANTILES.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number);
}

function formatEnergy(energy: number): string {
  return energy.toFixed(2);
}

import type { EnergyTermName } from "../schema/energy.ts";

/** One thing that made a term of the energy. The amounts of a term's parts add up to it, but for rounding. */
export type EnergyPart = {
  readonly term: EnergyTermName | "E_flow_prov";
  /** Which rule: `limit`, `control_flow`, `bound_argument`, `trust_gap`, `sink`, `component`, … */
  readonly factor: string;
  readonly amount: number;
  readonly node?: string;
  readonly tool?: string;
  readonly edge?: readonly [string, string];
  readonly argument?: string;
  /** The numbers that went in, for a person. */
  readonly why: string;
};

/** Where parts are put, for those who ask; undefined where nobody does. */
export type Parts = EnergyPart[] | undefined;

/** An energy to six decimals: what is written is what is compared. */
export function roundEnergy(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** A sum that does not depend on the order: floating point addition does. */
export function sumInOrder(amounts: number[]): number {
  if (amounts.length > 2) amounts.sort((a, b) => a - b);
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return sum;
}

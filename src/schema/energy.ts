import { z } from "zod";

/** The terms of the energy, in the order in which they are written. */
export const ENERGY_TERMS = ["E_scope", "E_hierarchy", "E_provenance", "E_flow"] as const;
export type EnergyTermName = (typeof ENERGY_TERMS)[number];

/** An energy: 0 and up, no unit, to six decimals. */
const energy = z.number().min(0);

/**
 * What a plan costs, seen from an anchor. `composite` is the weighted sum of the four terms. `E_scope_raw` (differences in
 * rows, days, levels, squared) and `E_flow_prov` (mixing of trust tiers along edges) are the ancestor's, for comparison:
 * they are in no sum.
 */
export const energySchema = z.strictObject({
  E_scope: energy,
  E_hierarchy: energy,
  E_provenance: energy,
  E_flow: energy,
  composite: energy,
  E_scope_raw: energy,
  E_flow_prov: energy,
});
export type Energy = z.infer<typeof energySchema>;

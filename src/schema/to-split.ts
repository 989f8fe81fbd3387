import { hash } from "node:crypto";
import type { SPLITS } from "./pair.ts";

/** Hundredths of the parents that go to validation, and to test; the others are for training. */
const VALIDATION = 5;
const TEST = 5;

/**
 * The split of a parent, by the identity of its plan with its request: the same in every run, for every seed, and for all
 * samples that say the same, whatever dataset they come from.
 */
export function toSplit(planIdentity: string): (typeof SPLITS)[number] {
  const bits = Number.parseInt(hash("sha256", `planstream/split/1\n${planIdentity}`, "hex").slice(0, 12), 16);
  const hundredth = Math.floor((bits / 16 ** 12) * 100);
  if (hundredth < TEST) return "test";
  return hundredth < TEST + VALIDATION ? "validation" : "train";
}

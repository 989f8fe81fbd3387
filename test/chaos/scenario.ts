import type { Random } from "../support/synthetic.ts";
import type { World } from "./world.ts";

/**
 * How a scenario ended. `identical`: the bytes of an undisturbed run. `failed cleanly`: the right exit code and words,
 * nothing published that isn't true, and the undisturbed bytes once the fault was gone. Anything else is wrong.
 */
export type Outcome = "identical" | "failed cleanly" | "wrong" | "hung";

export type Verdict = { readonly outcome: Outcome; readonly detail: string };

/** What a scenario may use: the worlds, random numbers of its own, and a folder of its own that is removed after it. */
export type Arena = {
  readonly worlds: readonly World[];
  readonly world: World;
  readonly random: Random;
  readonly folder: string;
  /** Where its runs put temporary files. */
  readonly temporary: string;
  /** Which of its class it is, from 0: classes that go through a list of faults take them in turn. */
  readonly turn: number;
};

/** A kind of fault. `play` draws one case of it, plays it, and says how it ended; a throw counts as wrong. */
export type ScenarioClass = {
  readonly name: string;
  /** Its part of all scenarios, relative to the others'. */
  readonly share: number;
  play(arena: Arena): Promise<Verdict>;
};

/** Thrown by a check inside a scenario. */
export class WrongError extends Error {
  override name = "WrongError";
}

/** Thrown when a run had to be killed because it did not end. */
export class HungError extends Error {
  override name = "HungError";
}

import { readFileSync, writeFileSync } from "node:fs";
import { live, openTortureProvider } from "./life.ts";
import type { Scenario } from "./scenario.ts";

// node test/spend/client.ts FILE: one life of a client in a process of its own, to be killed at any moment. FILE says of
// which scenario; what came of it is written to FILE.done.

export type ClientTask = {
  readonly scenario: Scenario;
  readonly directory: string;
  readonly url: string;
  readonly isPatient: boolean;
};
export type ClientResult = {
  readonly answers: readonly (readonly [number, unknown])[];
  readonly unaffordable: number;
  readonly digest: string;
  readonly error?: string | undefined;
};

const path = process.argv[2] as string;
const { scenario, directory, url, isPatient } = JSON.parse(readFileSync(path, "utf8")) as ClientTask;
const { answers, unaffordable, digest, error } = await live({
  scenario,
  directory,
  provider: openTortureProvider(scenario, url, isPatient),
  signal: new AbortController().signal,
  capNusd: scenario.capNusd,
});
const result: ClientResult = {
  answers: [...answers],
  unaffordable,
  digest,
  ...(error !== undefined && { error: String(error) }),
};
writeFileSync(`${path}.done`, JSON.stringify(result));

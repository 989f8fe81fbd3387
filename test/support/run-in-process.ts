import { openHub } from "../../src/hub/open-hub.ts";
import { runTier1, type Tier1Options } from "../../src/run/tier1.ts";
import type { Manifest } from "../../src/schema/manifest.ts";
import type { Settings } from "../../src/schema/settings.ts";
import { makeSettings } from "./settings.ts";

/** Runs Tier I in this process, with one worker, from a hub directory into a folder. */
export async function runInProcess(
  root: string,
  hub: string,
  output: string,
  settings: Partial<Settings> = {},
  more: Pick<Tier1Options, "outputBytesMax"> = {},
): Promise<Manifest> {
  const { manifest } = await runTier1({
    root,
    output,
    hub: openHub(hub),
    settings: makeSettings({ quarantine_max: 1, ...settings }),
    ...more,
    workers: 1,
    fresh: false,
    update: true,
    reporter: { started() {}, progressed() {}, ended() {}, note() {} },
    signal: new AbortController().signal,
  });
  if (!manifest) throw new Error("the run has no manifest");
  return manifest;
}

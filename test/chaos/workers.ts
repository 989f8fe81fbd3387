import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readManifest, toFingerprint } from "../support/planstream.ts";
import { copyProject } from "../support/project-copy.ts";
import { assertEnd, identical } from "./checks.ts";
import { launch } from "./launch.ts";
import { type ScenarioClass, WrongError } from "./scenario.ts";

/** What a loader does to its thread, as code of toDraft. A loop ends by the limit on a slice's time. */
const MISDEEDS: Readonly<Record<string, string>> = {
  "thrown text": "throw text",
  exit: "process.exit(7)",
  "out of memory": "const held = []; for (;;) held.push(new Array(1e6).fill(held.length))",
  "unhandled rejection": "void Promise.reject(new Error('nobody waits for this'))",
  "wasm trap": "new WebAssembly.Instance(new WebAssembly.Module(TRAP)).exports.trap()",
  "stack overflow": "const deeper = () => deeper() + 1; deeper()",
  "endless loop": "for (;;);",
};

const TO_LOADER = (misdeed: string) => `import { z } from "zod";
import { defineLoader } from "#contract";

// (module (func (export "trap") unreachable))
const TRAP = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11,
]);

export default defineLoader({
  dataset: "chaos/unruly",
  files: "*.jsonl",
  license: "mit",
  category: "function_calling",
  row: z.object({ text: z.string(), unruly: z.boolean() }),
  toDraft({ text, unruly }) {
    if (unruly) { TRAP; ${misdeed}; }
    return { request: text, nodes: [{ tool: "say", arguments: { text } }], edges: "none" };
  },
});
`;

const ROWS = 40;

/** A loader's code kills its thread on some rows: those are accounted for, the others and the other loaders go on. */
export const dyingWorkers: ScenarioClass = {
  name: "a worker dies or never answers",
  share: 1.5,
  async play({ world, random, folder, temporary, turn }) {
    const names = Object.keys(MISDEEDS);
    const name = names[turn % names.length] as string;
    const project = join(folder, "project");
    copyProject(project, { "loaders/quartz/unruly.ts": TO_LOADER(MISDEEDS[name] as string) }, [
      "jasper/agentharm",
      "quartz/unruly",
    ]);
    const hub = join(folder, "hub");
    const unruly = Array.from({ length: 3 }, () => random.int(0, ROWS - 1));
    writeUnruly(hub, unruly);
    const run = async (output: string, workers: number) => {
      const args = ["tier1", "--hub", hub, "--loader", "quartz/unruly", "--output", output];
      const end = await launch([...args, "--quarantine-max", "100%", "--workers", String(workers)], {
        project,
        temporary,
        // Short enough to wait for, and long for a slice on a busy machine; the others have the usual ten minutes.
        env: name === "endless loop" ? { PLANSTREAM_SLICE_MS_MAX: "15000" } : {},
      }).ended;
      assertEnd(end, [0, 5], name);
      return toFingerprint(output);
    };
    const first = await run(join(folder, "one"), 1);
    const second = await run(join(folder, "more"), random.int(2, 3));
    if (JSON.stringify(first) !== JSON.stringify(second)) throw new WrongError(`${name}: other bytes by other workers`);
    const { loaders } = readManifest(join(folder, "one"));
    const { rows_read, samples, quarantined } = loaders["quartz/unruly"] ?? {
      rows_read: 0,
      samples: 0,
      quarantined: {},
    };
    const lost = Object.values(quarantined).reduce((sum, count) => sum + count, 0);
    if (rows_read !== ROWS || samples + lost !== ROWS) {
      throw new WrongError(`${name}: ${rows_read} rows, ${samples} samples, ${lost} quarantined; there are ${ROWS}`);
    }
    return identical(`${name}: ${samples} samples, ${Object.keys(quarantined).join()} ${lost} (${world.name})`);
  },
};

function writeUnruly(hub: string, unruly: readonly number[]): void {
  const commit = "d".repeat(40);
  const snapshot = join(hub, "datasets--chaos--unruly", "snapshots", commit);
  mkdirSync(snapshot, { recursive: true });
  mkdirSync(join(hub, "datasets--chaos--unruly", "refs"));
  writeFileSync(join(hub, "datasets--chaos--unruly", "refs", "main"), commit);
  const rows = Array.from({ length: ROWS }, (_, i) => ({ text: `say number ${i}`, unruly: unruly.includes(i) }));
  writeFileSync(join(snapshot, "rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

import { expect, it } from "vitest";
import { mutateSlice } from "../../../src/pool/mutate-slice.ts";
import type { SliceTask } from "../../../src/pool/slice-task.ts";

/** A line of a part: JSON.stringify writes 1e20 with all its digits. */
const line = JSON.stringify({
  execution_plan: {
    nodes: [
      {
        node_id: "office:0:n0",
        tool_name: "send_money",
        arguments: { amount: 1e20, note: "12345678901234567890" },
        provenance_tier: 1,
        provenance_hash: "a".repeat(64),
        scope_volume: 1,
        scope_sensitivity: 4,
      },
    ],
    edges: [],
  },
  label: "benign",
  original_id: "office:0",
  category: "function_calling",
  metadata: {
    track: "quartz",
    loader: "office",
    request: "Send it.",
    edges: "none",
    source: { dataset: "try/office" },
  },
});

it("a large number of a parent is a number, as it is in its part", async () => {
  expect(line).toContain('"amount":100000000000000000000,');
  const bytes = new Uint8Array(Buffer.from(line));
  const task = {
    payload: {
      kind: "text",
      bytes,
      bounds: Uint32Array.of(0, bytes.length),
      rowIndexes: Uint32Array.of(0),
      byteStart: 0,
      faults: [],
    },
    skip: 0,
    rowsMax: 1,
  } as unknown as SliceTask;
  const order = { tier: "tier2", seed: "0", insertSources: true, mutators: [], work: { kind: "census" } } as const;
  const { mutated } = await mutateSlice(task, order);
  const calls = JSON.stringify(mutated?.pools);
  expect(calls).toContain(
    JSON.stringify('{"amount":100000000000000000000,"note":"12345678901234567890"}').slice(1, -1),
  );
});

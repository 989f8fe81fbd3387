import { valueSymbol } from "piscina";
import { type Loader, toColumns } from "#contract";
import { openFile } from "../../src/formats/open-file.ts";
import { FIRST_CURSOR, type Slice } from "../../src/formats/row-file.ts";
import type { SliceOutcome, SliceResult, SliceTask } from "../../src/pool/slice-task.ts";
import runSlice from "../../src/pool/worker.ts";
import { createMemorySource } from "./memory-source.ts";

/** Runs the slices of a file the way a worker does, in this thread. `change` may change each slice's task. */
export async function runFile(
  name: string,
  bytes: Uint8Array,
  change: (task: SliceTask) => SliceTask = (task) => task,
): Promise<SliceOutcome[]> {
  const loader = await importLoader(name);
  const file = await openFile(createMemorySource(bytes), { columns: toColumns(loader.row), field: loader.field });
  const outcomes: SliceOutcome[] = [];
  for await (const slice of file.readSlices(FIRST_CURSOR)) {
    outcomes.push(unpack(await runSlice(change(toTask(name, loader, slice)))));
  }
  return outcomes;
}

export async function importLoader(name: string): Promise<Loader> {
  const module: { default: Loader } = await import(toLoaderUrl(name));
  return module.default;
}

function toLoaderUrl(name: string): string {
  return new URL(`../../loaders/${name}.ts`, import.meta.url).href;
}

/** A result is wrapped to be handed over to another thread. */
function unpack(outcome: SliceOutcome): SliceOutcome {
  const wrapped = outcome as unknown as { readonly [valueSymbol]?: SliceResult };
  return wrapped[valueSymbol] ?? outcome;
}

function toTask(id: string, { dataset }: Loader, { payload, rows }: Slice): SliceTask {
  const [track, name] = id.split("/") as [string, string];
  return {
    loader: {
      track,
      name,
      loaderUrl: toLoaderUrl(id),
      trackUrl: new URL(`../../tracks/${track}.ts`, import.meta.url).href,
    },
    place: {
      dataset,
      revision: "a".repeat(40),
      config: "default",
      split: "train",
      file: "folder/rows",
      idPrefix: `${name}:`,
    },
    payload,
    joined: undefined,
    skip: 0,
    rowsMax: rows,
    samplesMax: null,
    output: "samples",
    identify: false,
    careful: false,
  };
}

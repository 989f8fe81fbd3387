import { assumeCosts } from "../llm/estimate-example.ts";
import { isPaid } from "../llm/prices.ts";
import { listLeftOut } from "../run/left-out.ts";
import type { ModelSettings, Settings } from "../schema/settings.ts";
import type { SavedLine } from "./estimate-text.ts";
import type { ChosenModel } from "./model-options.ts";
import { PROJECT_ROOT } from "./project.ts";

/** What leaving out the excluded tracks saves, for each model that costs anything. Reads no dataset. */
export async function listSaved(
  settings: Omit<Settings, "llm"> & { readonly llm: ModelSettings },
  models: readonly Pick<ChosenModel, "model" | "price">[],
): Promise<SavedLine[]> {
  const left = await listLeftOut(PROJECT_ROOT, settings);
  const some = settings.llm.mode === "uncertain";
  return left.flatMap(({ track, rows, unknown }) =>
    models
      .filter(({ price }) => isPaid(price))
      .map(({ model, price }) => ({ track, model, rows, unknown, nusd: assumeCosts(price, rows, { some }) })),
  );
}

import { join } from "node:path";
import type { Settings } from "../schema/settings.ts";
import { readJournal } from "../sink/journal.ts";

/** The settings of the Tier I run that stands in a folder; undefined if there is none. Touches nothing. Throws DamageError. */
export async function readStartSettings(folder: string): Promise<Settings | undefined> {
  const { events } = await readJournal(join(folder, ".run", "journal.jsonl"));
  const start = events.find((event) => event.event === "start");
  return start?.event === "start" && start.settings.tier === "tier1" ? start.settings : undefined;
}

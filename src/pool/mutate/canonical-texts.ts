import { isInCanonicalOrder, toCanonicalJson } from "../../schema/canonical-json.ts";
import type { JsonObject } from "../../schema/json.ts";

/** By arguments, of one parent and what is made of it. */
const texts = new Map<JsonObject, string>();

/** The canonical JSON of a node's arguments, written once per object: hashes of node and plan both take it. */
export function toArgumentsText(args: JsonObject): string {
  let text = texts.get(args);
  if (text === undefined) {
    // The built-in writer is three times as fast as ours, and most arguments come with their names in order.
    text = isInCanonicalOrder(args) ? JSON.stringify(args) : toCanonicalJson(args);
    texts.set(args, text);
  }
  return text;
}

/** Lets go of the texts of the parent before. (WeakMaps would, too, but make the collector take twice its time.) */
export function forgetTexts(): void {
  texts.clear();
}

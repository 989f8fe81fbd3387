import { defineTrack, type LlmTransform } from "#contract";
import edges from "../transforms/derive/edges.ts";
import provenanceTiers from "../transforms/derive/provenance-tiers.ts";
import scopeSensitivity from "../transforms/derive/scope-sensitivity.ts";
import scopeVolume from "../transforms/derive/scope-volume.ts";
import extractIntents from "../transforms/llm/extract-intents.ts";

/** Conversations: a plan is the user's intents, and finding those well needs a model. */
export default defineTrack({
  title: "Conversations",
  cost: "paid",
  stages: [edges, provenanceTiers, scopeVolume, scopeSensitivity],
  llm: extractIntents as LlmTransform,
});

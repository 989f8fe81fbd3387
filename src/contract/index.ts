export { findCycle } from "../schema/graph.ts";
export { isJsonObject, type JsonObject, type JsonValue } from "../schema/json.ts";
export { JSON_DEPTH_MAX, JSON_VALUES_MAX, parseJsonText } from "../schema/json-text.ts";
export { rememberByName, toNameWords } from "../schema/name-words.ts";
export { findReferences, toReference, toReferencedId } from "../schema/plan-reference.ts";
export { type EdgeKind, NODES_MAX } from "../schema/sample.ts";
export { createSeededRandom, type SeededRandom } from "../schema/seeded-random.ts";
export { type Boundary, type BoundaryPair, defineBoundary } from "./boundary.ts";
export type { ByteSource } from "./byte-source.ts";
export { type ColumnNeed, type Columns, narrow, setMember, toColumns } from "./columns.ts";
export type { DerivedDraft, DerivedNode, Draft, DraftEdge, DraftNode, Drop, Sensitivity, Tier } from "./draft.ts";
export { drop, isDrop } from "./draft.ts";
export {
  BudgetError,
  type BudgetStop,
  DamageError,
  DefinitionError,
  RowError,
  type RowStage,
  SourceError,
  type SourceFailure,
} from "./errors.ts";
export { defineLlmTransform, type LlmRequest, type LlmTransform } from "./llm-transform.ts";
export { defineLoader, type Join, type Loader, type RowPlace } from "./loader.ts";
export {
  type ArgumentKind,
  type ChangeLimits,
  defineMutation,
  type Inventory,
  type InventoryArgument,
  type InventoryTool,
  type Mutation,
  type MutationCall,
  type MutationContext,
  type MutationPair,
  type MutationTool,
  type NotApplicable,
  notApplicable,
  type PlanEdit,
} from "./mutation.ts";
export { defineTrack, type Track } from "./track.ts";
export { defineTransform, type Transform } from "./transform.ts";

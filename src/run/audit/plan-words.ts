import type { EnergyPlan } from "../../energy/plan.ts";
import type { JsonValue } from "../../schema/json.ts";
import { toReferencedId } from "../../schema/plan-reference.ts";
import { toIdTail } from "./masked-tokens.ts";

const WORD = /[\p{L}\p{N}_$]+/gu;
/** Words of a plan that are looked at, in its order. */
const WORDS_MAX = 20_000;
/** Characters of a text that are looked at. */
const TEXT_CHARS_MAX = 20_000;
const DEPTH_MAX = 64;

/**
 * The words of a plan in the order of its JSON, names of members among them, as a reader of the plain text would cut them.
 * Ids inside edges and references are cut to their last piece, which tells nodes of a plan apart.
 */
export function listPlanWords({ nodes, edges }: EnergyPlan): string[] {
  const words: string[] = [];
  for (const node of nodes) {
    addText(node.node_id, words);
    addText(node.tool_name, words);
    addValue(node.arguments, words, 0);
    words.push("provenance_tier", String(node.provenance_tier));
    // Of its own accord no hash comes twice: only one that is always the same is ever learned from.
    if ("provenance_hash" in node) words.push("provenance_hash", String(node.provenance_hash));
    words.push("scope_volume", String(node.scope_volume), "scope_sensitivity", String(node.scope_sensitivity));
    if (words.length > WORDS_MAX) break;
  }
  words.push("edges");
  for (const [from, to] of edges) words.push(toIdTail(from), toIdTail(to));
  return words.slice(0, WORDS_MAX);
}

/**
 * What of a plan is more than a word: the size of each number under its name, in doublings, and whether it is round; counts
 * of nodes by tier; the largest volume and sensitivity. All of it is the plan's own, none of it says what refers to what.
 */
export function listMagnitudes({ nodes }: EnergyPlan): string[] {
  const tokens: string[] = [];
  for (const { arguments: args } of nodes) addMagnitudes(args, "", tokens, 0);
  for (const tier of [1, 2, 3]) {
    tokens.push(`tier ${tier} in ${nodes.filter(({ provenance_tier }) => provenance_tier === tier).length} nodes`);
  }
  tokens.push(`largest volume 2^${toDoublings(Math.max(...nodes.map(({ scope_volume }) => scope_volume)))}`);
  tokens.push(`highest sensitivity ${Math.max(...nodes.map(({ scope_sensitivity }) => scope_sensitivity))}`);
  return tokens;
}

function addMagnitudes(value: JsonValue, name: string, tokens: string[], depth: number): void {
  if (typeof value === "number") {
    tokens.push(`${name} about 2^${toDoublings(value)}`, `${name} ${toRoundness(value)}`);
  } else if (typeof value === "object" && value !== null && depth < DEPTH_MAX) {
    if (Array.isArray(value)) {
      tokens.push(`${name} of 2^${toDoublings(value.length)} members`);
      for (const member of value) addMagnitudes(member, name, tokens, depth + 1);
    } else for (const key of Object.keys(value)) addMagnitudes(value[key] as JsonValue, key, tokens, depth + 1);
  }
}

function toDoublings(number: number): number {
  return Math.round(Math.log2(Math.abs(number) + 1));
}

function toRoundness(number: number): string {
  if (!Number.isInteger(number)) return "a fraction";
  return number % 10 === 0 ? "round" : number % 5 === 0 ? "by fives" : number % 2 === 0 ? "even" : "odd";
}

function addValue(value: JsonValue, words: string[], depth: number): void {
  if (words.length > WORDS_MAX || depth > DEPTH_MAX) return;
  if (typeof value === "string") addText(value, words);
  else if (typeof value !== "object" || value === null) words.push(String(value));
  else if (Array.isArray(value)) for (const member of value) addValue(member, words, depth + 1);
  else {
    const id = toReferencedId(value);
    if (id !== undefined) words.push("$ref", toIdTail(id));
    else {
      for (const key of Object.keys(value)) {
        addText(key, words);
        addValue(value[key] as JsonValue, words, depth + 1);
      }
    }
  }
}

function addText(text: string, words: string[]): void {
  for (const [word] of text.slice(0, TEXT_CHARS_MAX).matchAll(WORD)) words.push(word);
}

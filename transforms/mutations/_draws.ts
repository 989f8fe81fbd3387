import type { JsonValue, MutationContext, MutationPair, NotApplicable, SeededRandom } from "#contract";
import { notApplicable } from "#contract";
import type { Place } from "./_places.ts";

/** Draws until two differ; a pool of two values needs a few. */
const DRAWS_MAX = 8;

/**
 * The same argument of both sides, each with a value drawn alike; the decoy's context needs what the decoy takes. Which of
 * the two is the attack, the context alone says.
 */
export function toBothSides(
  { calls }: MutationContext,
  { node, argument }: Place,
  draw: () => JsonValue | undefined,
): MutationPair | NotApplicable {
  const values = drawTwo(draw);
  if (!values) return notApplicable("no_second_value");
  const { name } = argument;
  return {
    negative: [{ kind: "argument", node, name, value: values[0] }],
    decoy: [{ kind: "argument", node, name, value: values[1] }],
    needsOwnScope: true,
    params: { node: calls[node]?.node.node_id ?? "", argument: name },
  };
}

/** Two different values of one distribution; undefined if it does not give two. */
export function drawTwo<Value extends JsonValue>(draw: () => Value | undefined): [Value, Value] | undefined {
  const first = draw();
  if (first === undefined) return undefined;
  const text = JSON.stringify(first);
  for (let i = 0; i < DRAWS_MAX; i++) {
    const second = draw();
    if (second !== undefined && JSON.stringify(second) !== text) return [first, second];
  }
  return undefined;
}

/** So many different members of a list of different values that `without` has not; fewer if there are no more. */
export function drawDistinct(
  random: SeededRandom,
  values: readonly JsonValue[],
  count: number,
  without: readonly JsonValue[],
): JsonValue[] {
  const taken = new Set(without.map(toKey));
  const drawn: JsonValue[] = [];
  const left = values.slice();
  while (drawn.length < count && left.length > 0) {
    const at = random.integer(left.length);
    const value = left[at] as JsonValue;
    left[at] = left.at(-1) as JsonValue;
    left.pop();
    if (!taken.has(toKey(value))) drawn.push(value);
  }
  return drawn;
}

/** Values with the same key are the same. */
function toKey(value: JsonValue): JsonValue {
  return typeof value === "object" && value !== null ? `object ${JSON.stringify(value)}` : value;
}

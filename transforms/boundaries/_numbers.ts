import type { Boundary, BoundaryPair, InventoryArgument, JsonValue, MutationContext, NotApplicable } from "#contract";
import { notApplicable } from "#contract";

type Draw = Boundary["draw"];
type Place = {
  readonly node: number;
  readonly name: string;
  readonly value: JsonValue;
  readonly values: readonly JsonValue[];
};

/**
 * A line lies up to so many doublings above what the parent takes; a list that has not the values for `least` of them is left
 * alone. Of a narrow range its ends would tell: the least that is allowed is never too much.
 */
const HEADROOM_DOUBLINGS = { least: 2.5, most: 4 } as const;
/** No violation lies further above its line. */
const EXCESS_SHARE_MAX = 0.1;
/** Above it a number is none that a policy would limit. */
const NUMBER_MAX = 1_000_000;

/** What both sides take, from the line: the violation first. */
export type Sides = (line: number, context: MutationContext) => readonly [violation: number, twin: number];

/**
 * A limit on one number of the plan, or on the length of one list, drawn log-uniformly above what the parent takes, at least
 * `least`; and both sides of it.
 */
export function drawNumericPair(least: number, toSides: Sides): Draw {
  return (context): BoundaryPair | NotApplicable => {
    const { random, calls } = context;
    const known = listPlaces(context);
    if (known.length === 0) return notApplicable("no_number");
    // Above the parent, so that both sides differ from it.
    const toLowest = ({ name }: Place) => Math.max(least, largest(context, name) + 1);
    const places = known.filter((place) => toHeadroom(place, toLowest(place)) >= HEADROOM_DOUBLINGS.least);
    if (places.length === 0) return notApplicable("too_few_values");
    const place = random.pick(places);
    const lowest = toLowest(place);
    const line = Math.round(lowest * 2 ** (toHeadroom(place, lowest) * random.fraction()));
    const [over, under] = toSides(line, context);
    const [violation, twin] = [toValue(context, place, over), toValue(context, place, under)];
    if (violation === undefined || twin === undefined) return notApplicable("too_few_values");
    const toEdit = (value: JsonValue) => ({ kind: "argument", node: place.node, name: place.name, value }) as const;
    return {
      rule: { rule_id: "r1", kind: "max", field: place.name, op: "<=", value: line },
      violation: [toEdit(violation)],
      twin: [toEdit(twin)],
      node: place.node,
      params: { node: calls[place.node]?.node.node_id ?? "", field: place.name },
    };
  };
}

function listPlaces({ calls, inventory, toKind }: MutationContext): Place[] {
  return calls.flatMap(({ node }, place) =>
    Object.keys(node.arguments).flatMap((name): Place[] => {
      const value = node.arguments[name] as JsonValue;
      const known: InventoryArgument | undefined = inventory.tools.get(node.tool_name)?.arguments.get(name);
      const isList = Array.isArray(value) && value.length > 0 && known !== undefined;
      const isNumber = isCounting(toKind(node.tool_name, name)) && toCount(value) !== undefined;
      return isList || isNumber ? [{ node: place, name, value, values: inventory.valuesOf(name) }] : [];
    }),
  );
}

/** Doublings from the lowest line to the highest that both sides can be made for. */
function toHeadroom({ value, values }: Place, lowest: number): number {
  if (!Array.isArray(value)) return HEADROOM_DOUBLINGS.most;
  const members = value.length + values.filter((one) => !value.includes(one)).length;
  const highest = (members - 1) / (1 + EXCESS_SHARE_MAX);
  return Math.min(HEADROOM_DOUBLINGS.most, Math.log2(highest / lowest));
}

/** An id is a number, too, but there is none too many of it. */
function isCounting(kind: InventoryArgument["kind"]): boolean {
  return kind === "limit" || kind === "amount" || kind === "depth" || kind === "days" || kind === "other";
}

function toCount(value: JsonValue): number | undefined {
  const number = typeof value === "string" && /^\d{1,7}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 1 && number <= NUMBER_MAX
    ? number
    : undefined;
}

/** The most that any call of the plan takes under the name: the line must lie above all of them. */
function largest({ calls }: MutationContext, name: string): number {
  let most = 1;
  for (const { node } of calls) {
    if (!Object.hasOwn(node.arguments, name)) continue;
    const value = node.arguments[name] as JsonValue;
    most = Math.max(most, Array.isArray(value) ? value.length : Math.ceil(Number(value)) || 1);
  }
  return most;
}

function toValue({ random }: MutationContext, { value, values }: Place, count: number): JsonValue | undefined {
  if (typeof value === "string") return String(count);
  if (!Array.isArray(value)) return count;
  if (count <= value.length) return value.slice(0, count);
  const left = values.filter((one) => !value.includes(one));
  const list = [...value];
  while (list.length < count && left.length > 0) list.push(...left.splice(random.integer(left.length), 1));
  return list.length === count ? list : undefined;
}

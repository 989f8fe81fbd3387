import { hash } from "node:crypto";
import type { Anchor, MinimalScope, Policy } from "../schema/anchor.ts";
import { toCanonicalJson } from "../schema/canonical-json.ts";
import { toPlanIdentity } from "../schema/plan-identity.ts";
import type { Sample } from "../schema/sample.ts";
import { type Call, toCalls } from "./data-flow.ts";
import { toGrants } from "./grants.ts";
import { INTENTS } from "./lexicon-request.ts";
import { toGraphShape } from "./plan-graph.ts";
import { toRequestLimit } from "./request-limit.ts";
import { toPlanScope } from "./scope.ts";

/** The rules below, named in each record; the number moves when an anchor would come out differently. */
export const ANCHOR_METHOD = "rules@1";
/** What a policy allows beyond need: up to 2^4 times. */
const HEADROOM_DOUBLINGS = 4;
/** Whoever may ask at all may see personal data: most requests are about the asker's own. */
const CLEARANCE_LEAST = 3;

/**
 * The context of a benign sample, by rules: what its request needs and grants, and a policy that its plan obeys. Deterministic;
 * looks at nothing but the sample.
 *
 * The least scope is the plan's own, save where the request says how many it wants in words that limit ("the latest 5") and
 * the plan asks for a number that stands nowhere in it: then it is the request's.
 */
export function toAnchor({ execution_plan: plan, metadata, ...rest }: Sample): Anchor {
  const calls = toCalls(plan);
  const minimal_scope = toMinimalScope(metadata.request, calls);
  const identity = toPlanIdentity({ execution_plan: plan, metadata, ...rest });
  return {
    request: {
      ...(metadata.request === undefined ? {} : { text: metadata.request }),
      intent: toIntent(calls),
    },
    policy: toPolicy(metadata.request, calls, minimal_scope, identity),
    minimal_scope,
    baseline: { components: toGraphShape(plan, calls).components },
  };
}

function toMinimalScope(request: string | undefined, calls: readonly Call[]): MinimalScope {
  const scope = toPlanScope(calls);
  const wanted = request === undefined ? undefined : toRequestLimit(request);
  const asksMore = calls.some((call) => call.scan.limit === scope.limit);
  const isBeyond =
    wanted !== undefined && wanted < scope.limit && asksMore && !holdsNumber(request as string, scope.limit);
  return { ...scope, limit: isBeyond ? wanted : scope.limit, method: ANCHOR_METHOD };
}

function holdsNumber(request: string, count: number): boolean {
  return new RegExp(`(?<![\\d.])${count}(?![\\d])`).test(request.replaceAll(",", ""));
}

/** What the most privileged call is for; of several, the first in the plan. */
function toIntent(calls: readonly Call[]): string {
  let most = calls[0] as Call;
  for (const call of calls) if (call.tool.privilege > most.tool.privilege) most = call;
  return INTENTS[most.tool.action];
}

/** Limits lie a drawn distance above what is needed: a fixed one would tell policies of different needs apart. */
function toPolicy(
  request: string | undefined,
  calls: readonly Call[],
  { limit, days, depth, sensitivity }: MinimalScope,
  identity: string,
): Policy {
  const bits = hash("sha256", `planstream/policy/1\n${identity}`, "hex");
  const draw = (at: number) =>
    2 ** ((HEADROOM_DOUBLINGS * Number.parseInt(bits.slice(8 * at, 8 * at + 8), 16)) / 2 ** 32);
  const scope = toPlanScope(calls);
  const policy = {
    limits: {
      max_results: Math.ceil(Math.max(limit, scope.limit) * draw(0)),
      max_days: Math.ceil(days * draw(1)),
      max_depth: Math.ceil(depth * draw(2)),
    },
    ...toGrants(request, calls),
    clearance: Math.max(CLEARANCE_LEAST, sensitivity),
  };
  return { id: `policy-${hash("sha256", toCanonicalJson(policy), "hex").slice(0, 16)}`, ...policy };
}

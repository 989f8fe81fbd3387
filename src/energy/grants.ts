import { GRANT_KINDS, type GrantKind, type GrantSource, type Policy } from "../schema/anchor.ts";
import { toArgumentKind, toArgumentTraits } from "./argument-kind.ts";
import type { Call } from "./data-flow.ts";
import { GRANT_OF_KIND, listDestinations, listValues } from "./destinations.ts";
import { REQUEST_CHARS_MAX } from "./request-limit.ts";
import { PRIVILEGED } from "./weights.ts";

/** Values of one kind that are granted at most. */
export const GRANTS_MAX = 256;
const VALUE_CHARS_MAX = 512;

/** What a request says outright, by its form. Each is linear: no part can match where its neighbour does. */
const NAMED: readonly { readonly grant: GrantKind; readonly pattern: RegExp }[] = [
  { grant: "recipients", pattern: /(?<![\w.%+-])[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g },
  { grant: "recipients", pattern: /(?<![\w@.])@[A-Za-z_]\w{1,31}(?![\w@])/g },
  {
    grant: "recipients",
    pattern: /(?<![\w+])\+\d[\d ().-]{6,18}\d(?!\d)|(?<![\w-])\d{3}[ .-]\d{3}[ .-]\d{4}(?![\w-])/g,
  },
  { grant: "urls", pattern: /\bhttps?:\/\/[^\s"'<>`)\]}]{1,500}/gi },
  { grant: "accounts", pattern: /\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b/g },
  {
    grant: "paths",
    pattern:
      /(?<![\w.@/\\:])(?:~|\.{1,2})?(?:\/[\w.+-]{1,64}){2,16}\/?|\b[\w-]{1,64}\.(?:txt|pdf|docx?|xlsx?|csv|json|ya?ml|xml|md|log|py|js|ts|sh|zip|tar|gz|png|jpe?g|gif|mp[34]|html?)\b/gi,
  },
  { grant: "ids", pattern: /(?<![\w#])(?!(?:19|20)\d\d(?!\w))#?[A-Za-z]{0,8}[-_]?\d{4,20}[\w-]{0,20}(?![\w])/g },
];

type Grants = Pick<Policy, "grants" | "evidence">;

/**
 * What the plan's actions may reach: what the request names, by its form or because an argument of the plan stands in it; and
 * what the benign plan itself uses in places that steer a call, unless that came from the web (tier 3).
 */
export function toGrants(request: string | undefined, calls: readonly Call[]): Grants {
  const found = createGrants();
  const text = request?.slice(0, REQUEST_CHARS_MAX) ?? "";
  for (const { grant, pattern } of NAMED) {
    for (const [value] of text.matchAll(pattern)) found.add(grant, value.replace(/[.,;:!?]+$/, ""), "request");
  }
  const folded = text.toLowerCase();
  for (const call of calls) addCall(call, folded, found);
  const { channels, internal_calls } = toCallGrants(calls);
  return { grants: { ...found.grants, channels, internal_calls }, evidence: found.evidence };
}

function addCall({ node, tool }: Call, request: string, found: ReturnType<typeof createGrants>): void {
  for (const argument of Object.keys(node.arguments)) {
    if (toArgumentTraits(argument).kind === "other") continue;
    const kind = toArgumentKind(tool, argument);
    const grant = kind === "target" ? "ids" : GRANT_OF_KIND[kind];
    if (grant === undefined) continue;
    for (const value of listValues(node.arguments[argument]!)) {
      const isNamed = value.length > 1 && holdsWords(request, value.toLowerCase());
      if (isNamed || node.provenance_tier < 3) found.add(grant, value, isNamed ? "request" : "plan");
    }
  }
}

/** Tools that send without saying to whom, and privileged tools that internal values steer, in the benign plan. */
function toCallGrants(calls: readonly Call[]): { channels: string[]; internal_calls: string[] } {
  const channels = new Set<string>();
  const internal = new Set<string>();
  for (const call of calls) {
    const { node, tool } = call;
    const says = () => listDestinations(call).length > 0;
    // Of any tier: what a tier costs E_provenance counts.
    if (tool.risk > 0 && !says()) channels.add(node.tool_name);
    const steers = tool.privilege >= PRIVILEGED || tool.controlFlow > 0;
    if (node.provenance_tier === 2 && steers) internal.add(node.tool_name);
  }
  return { channels: [...channels].sort(), internal_calls: [...internal].sort() };
}

/** True if `value` stands in `text` with no letter or digit on either side. */
function holdsWords(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
    if (!isWord(text, at - 1) && !isWord(text, at + value.length)) return true;
  }
  return false;
}

function isWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(at));
}

function createGrants() {
  const empty = <Item>() =>
    ({ recipients: [], accounts: [], urls: [], paths: [], ids: [] }) as Record<GrantKind, Item[]>;
  const grants = empty<string>();
  const evidence = empty<GrantSource>();
  const seen = new Map(GRANT_KINDS.map((grant) => [grant, new Set<string>()]));
  return {
    grants,
    evidence,
    add(grant: GrantKind, value: string, source: GrantSource): void {
      const key = value.trim().toLowerCase();
      const known = seen.get(grant) as Set<string>;
      if (key === "" || value.length > VALUE_CHARS_MAX || known.has(key) || known.size >= GRANTS_MAX) return;
      known.add(key);
      grants[grant].push(value);
      evidence[grant].push(source);
    },
  };
}

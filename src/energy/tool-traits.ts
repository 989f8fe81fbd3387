import { rememberByName } from "../schema/name-words.ts";
import {
  ACTION_WORDS,
  ACTIONS,
  type Action,
  DESTINATION_RISK,
  type Destination,
  EXPANDING,
  OBFUSCATING,
  OBJECT_PRIVILEGES,
  OBJECT_VERBS,
  READING_NOUNS,
  REDUCING,
  VERBS_AT_END,
} from "./lexicon-tools.ts";
import { toSegments } from "./name-words.ts";
import { type Reach, toReach } from "./tool-reach.ts";

/** What a tool's name says of a call. */
export type ToolTraits = {
  readonly action: Action;
  /** 0-2 read, 3-5 write, 6-8 sensitive, 9-10 administer. */
  readonly privilege: number;
  /** How much the call decides what runs next, 0 to 1. */
  readonly controlFlow: number;
  readonly destination: Destination;
  /** Risk of the destination, 0 to 1. */
  readonly risk: number;
  /** `outside` if its output is what strangers wrote; `read` if it may be, depending on the address that it is given. */
  readonly reach: Reach;
  readonly volume: "reduces" | "expands" | "keeps";
  /** True if nobody can tell afterwards what the data was. */
  readonly obfuscates: boolean;
};

const verbs = new Map<string, Action>();
const nounVerbs = new Map<string, Action>();
for (const action of ACTIONS) {
  for (const word of toList(ACTION_WORDS[action].verbs)) verbs.set(word, action);
  for (const word of toList(ACTION_WORDS[action].nounsToo)) nounVerbs.set(word, action);
}
const readingNouns = new Set(toList(READING_NOUNS));
const objectVerbs = OBJECT_VERBS.map((rule) => ({ ...rule, objects: new Set(toList(rule.objects)) }));
const objectVerbNames = new Set(OBJECT_VERBS.map(({ verb }) => verb));
const objectPrivileges = OBJECT_PRIVILEGES.map((rule) => ({ ...rule, words: new Set(toList(rule.words)) }));
const reducing = new Set(toList(REDUCING));
const expanding = new Set(toList(EXPANDING));
const obfuscating = new Set(toList(OBFUSCATING));

/** The traits of a tool, by the words of its name and the lexicon. Remembered per name. */
export const toToolTraits: (tool: string) => ToolTraits = rememberByName((tool) => {
  const segments = toSegments(tool);
  const action = toAction(segments);
  const { privilege, destination, controlFlow } = ACTION_WORDS[action];
  // The class before the call often says on what: "user.delete". What stands before that is the product's name.
  const words = segments.slice(-2).flat();
  const holds = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  return {
    action,
    privilege: Math.max(
      privilege,
      ...objectPrivileges
        .filter((rule) => rule.actions.includes(action) && holds(rule.words))
        .map((rule) => rule.privilege),
    ),
    controlFlow,
    destination,
    risk: DESTINATION_RISK[destination],
    reach: toReach(segments.flat()),
    volume: holds(expanding) ? "expands" : holds(reducing) ? "reduces" : "keeps",
    obfuscates: holds(obfuscating),
  };
});

/** The action of the last segment's verb; where it has none, of the nearest segment before it that has one. */
function toAction(segments: readonly string[][]): Action {
  for (let i = segments.length - 1; i >= 0; i--) {
    const action = toSegmentAction(segments[i] as string[]);
    if (action !== undefined) return action;
  }
  return "unknown";
}

/**
 * A verb that is nothing else wins over one that is a noun, too; of several the first wins. One that is a noun, too, counts
 * where it comes first or last, unless what follows it says that it was the noun.
 */
function toSegmentAction(words: readonly string[]): Action | undefined {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const rest = words.slice(i + 1);
    if (objectVerbNames.has(word)) {
      const rule = objectVerbs.find(
        ({ verb, objects }) => verb === word && (objects.size === 0 || rest.some((noun) => objects.has(noun))),
      );
      if (rule) return rule.action;
    }
    const action = verbs.get(word);
    if (action !== undefined) return action;
  }
  const first = words[0] as string;
  const leads = nounVerbs.get(first);
  if (leads !== undefined && !words.slice(1).some((word) => readingNouns.has(word))) return leads;
  const ends = nounVerbs.get(words.at(-1) as string);
  return ends !== undefined && VERBS_AT_END.includes(ends) ? ends : undefined;
}

function toList(words: string): string[] {
  return words === "" ? [] : words.split(" ");
}

import type { JsonObject, JsonValue } from "../schema/json.ts";
import { toReferencedId } from "../schema/plan-reference.ts";
import { toArgumentTraits, toFieldSensitivity } from "./argument-kind.ts";
import { isOutsideAddress } from "./tool-reach.ts";

/** Nesting that is followed. */
const DEPTH_MAX = 64;
/** Members of one list that are looked at. */
const MEMBERS_MAX = 4096;
/** A longer text is no list of fields. */
const FIELDS_CHARS_MAX = 4096;
/** Above it a number is no count any more. */
const COUNT_MAX = 1_000_000_000;
/** What "all" stands for, as in Tier I's scope volume. */
const ALL = 1000;
/** What `recursive: true` stands for: levels of a deep tree of folders. */
const RECURSIVE_LEVELS = 8;
const WHOLE_NUMBER = /^\s*(\d{1,9})\s*(?:days?|weeks?|months?|d)?\s*$/i;
const ISO_DAY = /^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ]|$)/;
const DAY_MS = 86_400_000;

/** What a node's arguments say. */
export type ArgumentScan = {
  /** The largest number under a name that limits; 0 for none. */
  limit: number;
  /** The longest time in days, under a name for days or between the two ends of a range; 0 for none. */
  days: number;
  /** The largest number of levels; 0 for none. */
  depth: number;
  /** How delicate the most delicate field is that a list of fields names; 1 for none. */
  fieldSensitivity: 1 | 2 | 3 | 4 | 5;
  /** True if an address of the open web stands under a name for addresses. */
  namesOutside: boolean;
  /** References as they come: the argument's name, then the id. Absent for none. */
  references: string[] | undefined;
};

/** Looks at each value of a node's arguments once. What a reference refers to is not looked at. */
export function scanArguments(args: JsonObject): ArgumentScan {
  const scan: ArgumentScan = {
    limit: 0,
    days: 0,
    depth: 0,
    fieldSensitivity: 1,
    namesOutside: false,
    references: undefined,
  };
  scanMembers(args, scan, undefined, 0);
  return scan;
}

function scanMembers(object: JsonObject, scan: ArgumentScan, argument: string | undefined, depth: number): void {
  let start: number | undefined;
  let end: number | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key] as JsonValue;
    if (typeof value === "object") {
      if (value !== null && depth < DEPTH_MAX) scanNested(value, key, scan, argument ?? key, depth + 1);
      continue;
    }
    const { kind, unitDays } = toArgumentTraits(key);
    switch (kind) {
      case "limit":
        scan.limit = Math.max(scan.limit, toCount(value));
        break;
      case "days":
        scan.days = Math.max(scan.days, Math.min(toCount(value) * unitDays, COUNT_MAX));
        break;
      case "depth":
        scan.depth = Math.max(scan.depth, value === true ? RECURSIVE_LEVELS : toCount(value));
        break;
      case "start":
        start ??= toDay(value);
        break;
      case "end":
        end ??= toDay(value);
        break;
      case "fields":
        if (typeof value === "string") addFields(value, scan);
        break;
      case "url":
        if (typeof value === "string" && isOutsideAddress(value)) scan.namesOutside = true;
    }
  }
  if (start !== undefined && end !== undefined && end >= start) scan.days = Math.max(scan.days, end - start + 1);
}

function scanNested(
  value: JsonValue[] | JsonObject,
  key: string,
  scan: ArgumentScan,
  argument: string,
  depth: number,
): void {
  if (!Array.isArray(value)) {
    const id = toReferencedId(value);
    if (id === undefined) scanMembers(value, scan, argument, depth);
    else {
      scan.references ??= [];
      scan.references.push(argument, id);
    }
    return;
  }
  const namesFields = toArgumentTraits(key).kind === "fields";
  const length = Math.min(value.length, MEMBERS_MAX);
  for (let i = 0; i < length; i++) {
    const member = value[i] as JsonValue;
    if (typeof member === "object" && member !== null) {
      if (depth < DEPTH_MAX) scanNested(member as JsonObject, key, scan, argument, depth + 1);
    } else if (namesFields && typeof member === "string") addFields(member, scan);
  }
}

function addFields(text: string, scan: ArgumentScan): void {
  if (text.length > FIELDS_CHARS_MAX) return;
  for (const field of text.split(",")) {
    const level = toFieldSensitivity(field);
    if (level > scan.fieldSensitivity) scan.fieldSensitivity = level;
  }
}

function toCount(value: JsonValue): number {
  const number = typeof value === "string" ? toWrittenCount(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number > 0 ? Math.min(number, COUNT_MAX) : 0;
}

function toWrittenCount(text: string): number {
  if (text.length > 32) return 0;
  const digits = WHOLE_NUMBER.exec(text)?.[1];
  return digits === undefined ? (text.trim().toLowerCase() === "all" ? ALL : 0) : Number(digits);
}

/** Days since 1970 of a date in ISO 8601. */
function toDay(value: JsonValue): number | undefined {
  const parts = typeof value === "string" && value.length < 64 ? ISO_DAY.exec(value) : null;
  if (!parts) return undefined;
  const time = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  return Math.floor(time / DAY_MS);
}

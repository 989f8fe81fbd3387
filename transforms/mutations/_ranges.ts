import type { JsonValue, SeededRandom } from "#contract";

const DAY_MS = 86_400_000;
const ISO_DAY = /^(\d{4}-\d{2}-\d{2})(?=$|[T ])/;
/** A scope beyond is no count any more. */
const COUNT_MAX = 100_000_000;

/**
 * A number between 2^least and 2^most times what is needed, log-uniform, written as the value that it stands for is: as a
 * text where that is a text.
 */
export function drawWider(
  random: SeededRandom,
  needed: number,
  least: number,
  most: number,
  like: JsonValue | undefined,
): number | string {
  const wider = Math.min(COUNT_MAX, Math.ceil(needed * 2 ** (least + (most - least) * random.fraction())));
  return typeof like === "string" ? String(wider) : wider;
}

/** An ISO date, with its time as it stands, so many days later; undefined for any other value, or a year without four digits. */
export function moveDay(value: JsonValue | undefined, days: number): string | undefined {
  if (typeof value !== "string" || value.length > 40) return undefined;
  const day = ISO_DAY.exec(value)?.[1];
  if (day === undefined) return undefined;
  const time = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(time)) return undefined;
  const moved = new Date(time + days * DAY_MS);
  const year = moved.getUTCFullYear();
  return year < 1000 || year > 9999 ? undefined : moved.toISOString().slice(0, 10) + value.slice(10);
}

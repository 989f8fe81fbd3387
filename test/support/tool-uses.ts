import type { Random } from "./synthetic.ts";
import { CITIES, makeDay, makeEmail, makeOddText, makeRequest, THINGS, TOPICS } from "./words.ts";

/** A wish, the call that fulfils it, and what the call returns. */
export type ToolUse = {
  readonly wish: string;
  readonly name: string;
  readonly values: Record<string, unknown>;
  readonly result: unknown;
};

/** The tools of `makeToolUses` with their parameters. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  find_trips: ["to", "day"],
  book_trip: ["trip_id", "seats"],
  weather_in: ["city"],
  count_things: ["thing", "limit"],
  write_note: ["text"],
  delete_note: ["note_id"],
  send_message: ["to", "text"],
  server_status: [],
};

/** `min` to `max` uses in a row; a trip that is booked is one that a search has found. */
export function makeToolUses(random: Random, min: number, max: number): ToolUse[] {
  const uses: ToolUse[] = [];
  const wanted = random.int(min, max);
  while (uses.length < wanted) uses.push(...makeSome(random).slice(0, wanted - uses.length));
  return uses;
}

/** The tools' definitions in OpenAI's form. */
export function makeToolDefinitions(): object[] {
  return Object.entries(TOOLS).map(([name, keys]) => {
    const properties = Object.fromEntries(keys.map((key) => [key, { type: "string" }]));
    return {
      type: "function",
      function: { name, description: `Made up: ${name}.`, parameters: { type: "object", properties } },
    };
  });
}

function makeSome(random: Random): ToolUse[] {
  const { int, pick, chance } = random;
  const [city, thing, day] = [pick(CITIES), pick(THINGS), makeDay(random)];
  const text = chance(0.3) ? makeOddText(random) : `Read on about ${pick(TOPICS)}.`;
  const [note_id, to] = [`N-${int(10, 999)}`, makeEmail(random)];
  const trip_id = `TR-${int(1000, 9999)}`;
  return pick<ToolUse[]>([
    [
      {
        wish: `Which trips are there to ${city} on ${day}?`,
        name: "find_trips",
        values: { to: city, day },
        result: [{ trip_id, price: int(90, 900) }],
      },
      {
        wish: "Book the cheapest for two.",
        name: "book_trip",
        values: { trip_id, seats: 2 },
        result: { status: "booked" },
      },
    ],
    [{ wish: `How warm is it in ${city}?`, name: "weather_in", values: { city }, result: { degrees: int(-9, 39) } }],
    [{ wish: makeRequest(random), name: "count_things", values: { thing, limit: int(2, 80) }, result: int(0, 500) }],
    [{ wish: `Write down: ${text}`, name: "write_note", values: { text, pinned: null }, result: "Noted." }],
    [
      {
        wish: `Throw note ${note_id} away.`,
        name: "delete_note",
        values: { note_id },
        result: { deleted: note_id },
      },
    ],
    [{ wish: `Tell ${to}: ${text}`, name: "send_message", values: { to, text }, result: { status: "sent" } }],
    [{ wish: "Is the server up?", name: "server_status", values: {}, result: null }],
  ]);
}

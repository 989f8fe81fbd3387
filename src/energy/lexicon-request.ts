/** Words after which a number in a request is how many are wanted: "the last 5 orders", "at most ten". */
export const LIMITING_WORDS =
  "top|first|last|latest|newest|recent|most recent|next|up to|at most|no more than|only|limit|limit to|limited to|maximum of|max";

/** Small numbers as words. */
export const NUMBER_WORDS = {
  ...{ one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, twelve: 12 },
  ...{ fifteen: 15, twenty: 20, thirty: 30, fifty: 50, hundred: 100 },
} as const;

/** What is counted after such a number if it is no time: days, hours and the like are not how many. */
export const TIME_NOUNS =
  "second|minute|hour|day|week|month|quarter|year|decade|century|time|night|am|pm|percent|dollar|euro|usd|mile|km|meter|step";

/** What an action is as an intent of a request. */
export const INTENTS = {
  ...{ compute: "compute", display: "answer", read: "retrieve", load: "retrieve", state: "control", store: "create" },
  ...{ log: "create", send: "communicate", book: "book", change: "modify", buy: "purchase", remove: "remove" },
  ...{ sign_in: "sign_in", pay: "pay", delegate: "delegate", execute: "execute", administer: "administer" },
  unknown: "retrieve",
} as const;

/**
 * What an argument is for, by its name.
 *
 * `recipient` `target` `account` `url` `path` `id` `code` `delegate` steer what a call does and to whom: control arguments.
 * `limit` `days` `start` `end` `depth` `fields` say how much it touches. `payload` is what it carries, `credential` what it
 * opens doors with, `amount` money.
 */
export const ARGUMENT_KINDS = [
  ...(["recipient", "target", "account", "url", "path", "id", "code", "delegate"] as const),
  ...(["limit", "days", "start", "end", "depth", "fields", "payload", "credential", "amount", "other"] as const),
];
export type ArgumentKind = (typeof ARGUMENT_KINDS)[number];

/** Kinds that steer a call. */
export const CONTROL_KINDS: readonly ArgumentKind[] = [
  ...(["recipient", "target", "account", "url", "path", "id", "code", "delegate"] as const),
];

/** Whole names (words joined by a space, singular), before any word of them is looked at. */
export const ARGUMENT_NAMES: readonly { readonly kind: ArgumentKind; readonly names: string }[] = [
  { kind: "limit", names: "n|k|limit|top k|topk|topn|top n|first|last|take|count|page size|per page|size|batch size" },
  { kind: "depth", names: "depth|max depth|level|recursive|recursion|hop|max hop|degree" },
  { kind: "days", names: "lookback|day back|look back" },
  { kind: "fields", names: "select|include|scope|attribute|property|projection" },
  { kind: "recipient", names: "to|cc|bcc|send to|share with|mention|invitee|attendee" },
  { kind: "credential", names: "token|auth|pin|key" },
  { kind: "path", names: "source|src|dest|dst|key prefix|repo or dir|file name|file name1|file name2|file key" },
  {
    kind: "id",
    names:
      "id|ids|asin|sku|isbn|symbol|ticker|table name|database|database name|order number|case number|tracking number|" +
      "ticket number|flight number|invoice number|account number|booking number|reference number",
  },
];

/** The last word of a name that one of these is decides first; then any word of it, in this order. */
export const ARGUMENT_WORDS: readonly {
  readonly kind: ArgumentKind;
  readonly last?: string;
  readonly any?: string;
}[] = [
  { kind: "credential", any: "token password passwd secret credential passphrase apikey otp cvv cvc jwt" },
  { kind: "recipient", any: "recipient receiver addressee payee invitee attendee cc bcc" },
  { kind: "account", any: "iban beneficiary wallet payee" },
  { kind: "url", any: "url uri webhook endpoint website href", last: "link host domain" },
  { kind: "path", any: "path filepath filename folder directory bucket dir", last: "file repo repository" },
  { kind: "code", any: "command cmd script code sql shell statement function func callback macro", last: "query" },
  { kind: "delegate", any: "agent assistant workflow plugin", last: "tool" },
  { kind: "id", last: "id ids uuid guid identifier" },
  { kind: "fields", last: "field column" },
  { kind: "limit", any: "limit", last: "quantity qty" },
  { kind: "depth", any: "depth" },
  { kind: "amount", any: "amount price cost budget fee" },
  { kind: "target", last: "email phone user username contact channel group destination target member address mobile" },
  { kind: "account", last: "account" },
  {
    kind: "payload",
    any: "body content message text subject title description attachment comment caption note data payload",
  },
];

/** Words of names that look like another kind: currency codes and zip codes run nothing, a lower limit cuts nothing off. */
export const NOT_THAT_KIND: readonly { readonly kind: ArgumentKind; readonly words: string }[] = [
  { kind: "code", words: "zip postal country currency area error statu language airport promo color" },
  { kind: "limit", words: "lower upper time speed budget credit word rate price" },
  { kind: "fields", words: "magnetic electric" },
  { kind: "account", words: "from source" },
  { kind: "url", words: "image" },
  { kind: "credential", words: "max min count number limit" },
  { kind: "recipient", words: "sender from income" },
  { kind: "target", words: "ip mac" },
];

/** First and last words of a range's ends. */
export const RANGE_WORDS = {
  start: "start from since begin after",
  end: "end to until till before finish",
  dated: "date time day datetime timestamp",
} as const;

/** Numbers of things: "num_photos", "max_results", "number_of_rows". */
export const COUNT_PREFIXES = "num|number of|no of|total number of|how many|max|maximum";
export const COUNTED =
  "result item record row entry page file email message document post article photo image user contact order product event";

/** Days in a unit that a name speaks of: "days", "past_weeks". One "day" or "month" is a place in the calendar. */
export const DAYS_IN_UNIT = { days: 1, weeks: 7, months: 30 } as const;

/** How delicate a field is that a list of fields names. The levels are those of scope_sensitivity. */
export const FIELD_SENSITIVITY: Readonly<Record<2 | 3 | 4 | 5, string>> = {
  5: "password passwd pwd pin secret credential apikey token otp cvv cvc key passphrase",
  4: "ssn salary income wage card iban bank balance diagnosi medical medication health insurance tax passport religion",
  3: "email phone mobile address birth birthday dob name surname gender contact location gps",
  2: "id account order statu role department",
};

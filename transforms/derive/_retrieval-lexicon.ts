import type { JsonObject } from "#contract";
import { rememberByName, toNameWords } from "#contract";
import { toSingular } from "./_fold.ts";
import { toWordSet } from "./_word-set.ts";

/** Version of the provenance-tiers stage: moves when a word or value below or a rule of the stage changes. */
export const RETRIEVAL_LEXICON_VERSION = 1;

// Names of the open web and its sites: whoever reads them reads what strangers wrote.
const OUTSIDE = toWordSet(
  "google bing duckduckgo baidu yahoo yandex serp serpapi tavily brave web webpage website internet online http https",
  "url hyperlink html browser browse scrape scraper scraping crawl crawler rss news headline wikipedia wiki tweet twitter",
  "reddit subreddit youtube tiktok instagram facebook linkedin pinterest quora medium stackoverflow hackernews arxiv pubmed",
  "blog forum rapidapi imdb tmdb spotify yelp tripadvisor",
);
// Verbs that fetch from outside unless the name says that it is one's own things that are fetched.
const FETCH = toWordSet("search fetch lookup retrieve browse scrape crawl");
// Verbs that read.
const READ = toWordSet("get find list check query read show view load track discover explore visit navigate see look");
// What public third-party services are asked for.
const PUBLIC_FEED = toWordSet(
  "weather forecast stock crypto bitcoin exchange flight hotel restaurant movie film song lyric album artist recipe trivia",
  "joke quote horoscope zodiac league standing giveaway astronomy earthquake traffic article publication podcast anime",
  "country city timezone holiday dictionary definition synonym translation geocode airport train museum breed pokemon",
);
// One's own things.
const INTERNAL = toWordSet(
  "contact email mail inbox message sms file folder directory document note calendar event appointment meeting reminder task",
  "todo order customer client user account profile employee staff patient record database db table row inventory ticket",
  "transaction invoice payment cart member student log history memory config setting server instance bucket knowledge kb",
  "internal local private my own crm project issue repository repo dataset sample",
);
// Verbs that change something or work on what they are given.
const WRITE = toWordSet(
  "send post create update set delete remove add upload publish share save write submit edit insert put patch reply comment",
  "book order buy pay register enable disable start stop schedule turn notify launch play convert calculate compute",
  "generate validate parse encode decode shorten format build draw make block follow like retweet summarize summarise",
  "analyze analyse translate classify extract filter sort compare evaluate predict detect wait ask prepare apply test run",
  "execute call invite cancel move copy rename sign authenticate login",
);
const ADDRESS_KEYS = toWordSet("url urls uri link href website webpage site page");
const VERSION = /^(?:api|v\d{1,2})$/;
const WEB_ADDRESS = /^\s*https?:\/\/([^/\s:?#]+)/i;
const OWN_HOST =
  /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[|[^.]+$)|\.(?:local|internal|intranet|lan|corp)$/i;
const MARKUP = /<(?:!doctype html|html|body|article|div|p|a href=|span|script)[\s>"]/i;

type Reach = "outside" | "read" | "none";

/**
 * What a tool's name says of where its results come from: `outside` for one that brings in web content or what a public
 * third-party service returns, `read` for any other that changes nothing, `none` for one that writes or computes.
 */
const toReach = rememberByName((name): Reach => {
  const tokens = toNameWords(name).map(toSingular);
  const has = (words: ReadonlySet<string>) => tokens.some((token) => words.has(token));
  // The first verb is the verb: "search_books" reads and "book_flight" writes.
  const verb = tokens.find((token) => READ.has(token) || FETCH.has(token) || WRITE.has(token));
  if (verb !== undefined && WRITE.has(verb)) return "none";
  if (has(OUTSIDE)) return "outside";
  if (has(INTERNAL)) return "read";
  return has(FETCH) || has(PUBLIC_FEED) || isMarketplaceName(tokens) ? "outside" : "read";
});

/** API marketplaces name a call ENDPOINT_for_API: noun first ("latest_for_parcel_tracking") or with "api", "v2" behind. */
function isMarketplaceName(tokens: readonly string[]): boolean {
  const at = tokens.indexOf("for");
  if (at <= 0 || at === tokens.length - 1) return false;
  return !READ.has(tokens[0] as string) || tokens.slice(at + 1).some((token) => VERSION.test(token));
}

const isAddressKey = rememberByName((name) => toNameWords(name).some((token) => ADDRESS_KEYS.has(token)));

/**
 * True if the call brings outside content into the plan: by its tool's name; because it reads a web address that it is
 * given (not one inside the own network); or because what came back is a web page's markup.
 */
export function isRetrieval(tool: string, args: JsonObject, result: unknown): boolean {
  const reach = toReach(tool);
  if (reach !== "read") return reach === "outside";
  for (const key of Object.keys(args)) {
    const value = args[key];
    if (typeof value !== "string" || !isAddressKey(key)) continue;
    const host = WEB_ADDRESS.exec(value.slice(0, 2048))?.[1];
    if (host !== undefined && !OWN_HOST.test(host)) return true;
  }
  return typeof result === "string" && MARKUP.test(result.slice(0, 4096));
}

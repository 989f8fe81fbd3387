/**
 * Which calls bring outside content in. The words are those by which Tier I's provenance tiers are derived
 * (transforms/derive); a test holds the two together. Words are singular.
 */
export const SOURCE_WORDS = {
  /** The open web and its sites: whoever reads them reads what strangers wrote. */
  outside:
    "google bing duckduckgo baidu yahoo yandex serp serpapi tavily brave web webpage website internet online http https " +
    "url hyperlink html browser browse scrape scraper scraping crawl crawler rss headline wikipedia wiki tweet twitter " +
    "reddit subreddit youtube tiktok instagram facebook linkedin pinterest quora medium stackoverflow hackernews arxiv pubmed " +
    "blog forum rapidapi imdb tmdb spotify yelp tripadvisor",
  /** Verbs that fetch from outside unless the name says that it is one's own things. */
  fetching: "search fetch lookup retrieve browse scrape crawl",
  reading: "get find list check query read show view load track discover explore visit navigate see look",
  /** What public third-party services are asked for. */
  publicFeed:
    "weather forecast stock crypto bitcoin exchange flight hotel restaurant movie film song lyric album artist recipe trivia " +
    "joke quote horoscope zodiac league standing giveaway astronomy earthquake traffic article publication podcast anime " +
    "country city timezone holiday dictionary definition synonym translation geocode airport train museum breed pokemon",
  /** One's own things. */
  internal:
    "contact email mail inbox message sms file folder directory document note calendar event appointment meeting reminder " +
    "task todo order customer client user account profile employee staff patient record database db table row inventory " +
    "ticket transaction invoice payment cart member student log history memory config setting server instance bucket " +
    "knowledge kb internal local private my own crm project issue repository repo dataset sample",
  /** Verbs that change something, or work on what they are given. */
  writing:
    "send post create update set delete remove add upload publish share save write submit edit insert put patch reply " +
    "comment book order buy pay register enable disable start stop schedule turn notify launch play convert calculate " +
    "compute generate validate parse encode decode shorten format build draw make block follow like retweet summarize " +
    "summarise analyze analyse translate classify extract filter sort compare evaluate predict detect wait ask prepare apply " +
    "test run execute call invite cancel move copy rename sign authenticate login",
} as const;

/** Hosts inside the own network: what they serve is no outside content. */
export const OWN_HOST =
  "^(?:localhost|127\\.|10\\.|192\\.168\\.|172\\.(?:1[6-9]|2\\d|3[01])\\.|\\[|[^.]+$)|\\.(?:local|internal|intranet|lan|corp)$";

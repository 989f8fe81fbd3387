import { gzipSync } from "node:zlib";
import type { SourceFailure } from "../../src/contract/errors.ts";
import type { CapturedAnswer, Sending } from "./hub-sending.ts";
import type { LoggedRequest } from "./hub-server.ts";

/** What a fault may use beside the right answer. */
export type FaultContext = {
  readonly request: LoggedRequest;
  /** From 0 to 1, the fault's own. */
  readonly chance: number;
  readonly pauseS: number;
  /** The right answer to the same request for another range. */
  answerRange(range: string): Promise<CapturedAnswer>;
};

/** What a run makes of it: the same bytes as without it, or the loader fails, with this class and these words. */
export type Expectation = "same" | { readonly failure: SourceFailure; readonly words: RegExp };

export type Fault = {
  readonly name: FaultName;
  /**
   * `passes`: the same request is answered rightly after a bounded number of repeats. `lies`: it passes, too, but only the
   * content shows it. `stays`: it never passes.
   */
  readonly lasts: "passes" | "lies" | "stays";
  readonly expected: Expectation;
  /** Which answers can go wrong in this way. */
  fits(request: LoggedRequest, answer: CapturedAnswer): boolean;
  toSending(answer: CapturedAnswer, context: FaultContext): Sending | Promise<Sending>;
};

const PAGE = Buffer.from("<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>\n");

const isGood = (_: LoggedRequest, { status }: CapturedAnswer) => status < 400;
const hasBody = (_: LoggedRequest, { status, body }: CapturedAnswer) => status < 300 && body.length > 8;
const isRange = (_: LoggedRequest, { status }: CapturedAnswer) => status === 206;
const isTree = ({ url }: LoggedRequest, { status }: CapturedAnswer) => url.includes("/tree/") && status === 200;
const isInfo = ({ url }: LoggedRequest, { status }: CapturedAnswer) => url.includes("/revision/") && status === 200;
const isCdn = ({ origin }: LoggedRequest, { status }: CapturedAnswer) => origin === "cdn" && status === 206;
const isResolve = ({ origin, url }: LoggedRequest, { status }: CapturedAnswer) =>
  origin === "hub" && url.includes("/resolve/") && status < 400;

const refuse = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: { "content-type": "text/plain", ...headers },
  body: Buffer.from(`${status}\n`),
});
const half = (answer: CapturedAnswer) => Math.floor(answer.body.length / 2);
const page = (answer: CapturedAnswer): Sending => ({
  status: 200,
  headers: { "content-type": "text/html", ...(answer.headers.link ? { link: answer.headers.link } : {}) },
  body: PAGE,
});

type Entry = { type: string; path: string; size: number; oid: string; lfs?: { size: number } };
const withTree = (answer: CapturedAnswer, change: (entries: Entry[]) => Entry[]): Sending => {
  const entries = change(JSON.parse(answer.body.toString()) as Entry[]);
  return withBody(answer, Buffer.from(JSON.stringify(entries)));
};
const withBody = (answer: CapturedAnswer, body: Buffer): Sending => {
  const { "content-length": _, ...headers } = answer.headers;
  return { ...answer, headers, body };
};
const withHeaders = (answer: CapturedAnswer, headers: Record<string, string>): Sending => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
});

/** Another content at the same path. */
const toOtherEntry = (entry: Entry): Entry => {
  const size = entry.size + 9;
  return { ...entry, oid: OTHER_COMMIT, size, ...(entry.lfs && { lfs: { ...entry.lfs, size } }) };
};

const OTHER_COMMIT = "f".repeat(40);
const OTHER_HASH = "e".repeat(64);

type Kind = Pick<Fault, "fits" | "toSending">;
const statusKind = (status: number): Kind => ({ fits: isGood, toSending: () => refuse(status) });

/** Faults that pass: a run over them gives the same bytes as without. */
const PASSING = {
  "429-retry-after": {
    fits: isGood,
    toSending: (_, { pauseS }) => refuse(429, { "retry-after": String(pauseS) }),
  },
  "429-date": {
    fits: isGood,
    toSending: (_, { pauseS }) => refuse(429, { "retry-after": new Date(Date.now() + pauseS * 1000).toUTCString() }),
  },
  "429-ratelimit": {
    fits: ({ origin }, { status }) => origin === "hub" && status < 400,
    toSending: (_, { request, pauseS }) => {
      const name = request.url.startsWith("/api/") ? "api" : "resolvers";
      return refuse(429, { ratelimit: `"${name}";r=0;t=${pauseS}` });
    },
  },
  "429-bare": statusKind(429),
  "500": statusKind(500),
  "502": statusKind(502),
  "503": statusKind(503),
  "503-retry-after": {
    fits: isGood,
    toSending: (_, { pauseS }) => refuse(503, { "retry-after": String(pauseS) }),
  },
  "504": statusKind(504),
  "reset-before-head": {
    fits: isGood,
    toSending: (answer) => ({ ...answer, breaks: { how: "reset", after: -1 } }),
  },
  "reset-in-body": {
    fits: hasBody,
    toSending: (answer) => ({ ...answer, breaks: { how: "reset", after: half(answer) } }),
  },
  "reset-between-chunks": {
    fits: hasBody,
    toSending: (answer) => ({ ...answer, chunked: true, breaks: { how: "reset", after: half(answer) } }),
  },
  "short-chunks": {
    fits: isRange,
    toSending: (answer) => ({ ...withBody(answer, answer.body.subarray(0, half(answer))), chunked: true }),
  },
  "slow-body": { fits: hasBody, toSending: (answer) => ({ ...answer, breaks: { how: "drip", after: 0 } }) },
  "stalled-head": { fits: isGood, toSending: (answer) => ({ ...answer, breaks: { how: "stall", after: -1 } }) },
  "stalled-body": {
    fits: hasBody,
    toSending: (answer) => ({ ...answer, breaks: { how: "stall", after: half(answer) } }),
  },
  "truncated-body": {
    fits: hasBody,
    toSending: (answer) => ({ ...answer, breaks: { how: "end", after: half(answer) } }),
  },
  "200-for-206": {
    fits: isRange,
    async toSending(_, { answerRange }) {
      const { "content-range": __, "content-length": ___, ...headers } = (await answerRange("bytes=0-")).headers;
      return { status: 200, headers, body: (await answerRange("bytes=0-")).body };
    },
  },
  "wrong-content-range": {
    fits: isRange,
    toSending(answer, { chance }) {
      const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers["content-range"] ?? "") ?? [];
      const by = 1 + Math.floor(chance * 1000);
      const range = `bytes ${Number(start) + by}-${Number(end) + by}/${size}`;
      return withHeaders(answer, { "content-range": chance < 0.2 ? "bytes */*" : range });
    },
  },
  "expired-link": {
    fits: isCdn,
    toSending: () => ({
      status: 403,
      headers: { "content-type": "application/xml" },
      body: Buffer.from("<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"),
    }),
  },
  "redirect-loop": {
    fits: isGood,
    toSending: (_, { request }) => ({ status: 302, headers: { location: request.url }, body: Buffer.alloc(0) }),
  },
  "other-commit": {
    fits: isResolve,
    toSending: (answer) => withHeaders(answer, { "x-repo-commit": OTHER_COMMIT }),
  },
  "other-etag": {
    fits: (request, answer) => isResolve(request, answer) && answer.headers["x-linked-etag"] !== undefined,
    toSending: (answer) => withHeaders(answer, { "x-linked-etag": `"${OTHER_HASH}"` }),
  },
  "tree-repeats": {
    fits: isTree,
    toSending: (answer, { chance }) =>
      withTree(answer, (entries) => {
        const twice = entries[Math.floor(chance * entries.length)];
        return twice === undefined ? entries : [...entries, twice];
      }),
  },
  "tree-drops": {
    fits: isTree,
    toSending: (answer, { chance }) =>
      withTree(answer, (entries) => {
        const files = entries.filter(({ type }) => type === "file");
        const dropped = files[Math.floor(chance * files.length)];
        return entries.filter((entry) => entry !== dropped);
      }),
  },
  gzip: {
    fits: hasBody,
    toSending: (answer) => ({
      ...withBody(answer, gzipSync(answer.body)),
      headers: { ...withBody(answer, answer.body).headers, "content-encoding": "gzip" },
    }),
  },
  "html-page": { fits: isGood, toSending: page },
} satisfies Record<string, Kind>;

/**
 * Faults that pass, and show in the content alone. A file that is fetched whole is asked for again; of a larger one, what
 * was used before the lie was seen can't be taken back: its loader fails, in one of these words.
 */
const LYING = {
  "other-range": { fits: (_, answer) => isRange(_, answer) && answer.body.length > 1, toSending: toOtherRange },
  "flipped-bit": {
    fits: isRange,
    toSending(answer, { chance }) {
      const body = Buffer.from(answer.body);
      const at = Math.floor(chance * body.length);
      body[at] = (body[at] as number) ^ 1;
      return { ...answer, body };
    },
  },
  "changed-etag": {
    fits: isCdn,
    async toSending(answer, context) {
      // Another file of the same size under the same link.
      return withHeaders(await toOtherRange(answer, context), { etag: `"${OTHER_HASH}"` });
    },
  },
} satisfies Record<string, Kind>;

const LIE: Expectation = {
  failure: "malformed",
  words: /sent a file with the hash|sent other bytes|have the hash|could not be read: .* not a readable parquet file/,
};

/** Faults that stay: the loader fails, in these words. */
const STAYING = {
  "wrong-size": {
    fits: isTree,
    toSending: (answer) =>
      withTree(answer, (entries) =>
        entries.map((entry) => {
          const size = entry.size + 1;
          return entry.type !== "file" ? entry : { ...entry, size, ...(entry.lfs && { lfs: { ...entry.lfs, size } }) };
        }),
      ),
    expected: {
      failure: "garbled",
      words: /\d+ bytes; expected \d+ bytes|a file of \d+ bytes; the dataset's listing says \d+/,
    },
  },
  "gated-as-404": {
    fits: (request, answer) => isInfo(request, answer) || isResolve(request, answer),
    toSending: (answer, { request }) =>
      request.url.includes("/resolve/")
        ? { ...refuse(404), body: Buffer.from('{"error":"Not found"}') }
        : withBody(answer, Buffer.from(JSON.stringify({ ...JSON.parse(answer.body.toString()), gated: "auto" }))),
    expected: { failure: "gated", words: /is gated\. Accept its terms/ },
  },
  "hidden-as-404": {
    fits: isResolve,
    toSending: () => ({ ...refuse(404), body: Buffer.from('{"error":"Not found"}') }),
    expected: { failure: "missing", words: /is missing on .*, or private/ },
  },
  "tree-always-drops": {
    fits: isTree,
    toSending: (answer) => withTree(answer, (entries) => entries.slice(0, -1)),
    expected: { failure: "garbled", words: /the listing leaves out "/ },
  },
  "tree-contradicts": {
    fits: isTree,
    toSending: (answer) =>
      withTree(answer, (entries) => {
        const last = entries.findLast(({ type }) => type === "file");
        return last === undefined ? entries : [...entries, toOtherEntry(last)];
      }),
    expected: { failure: "garbled", words: /twice, each time as another file/ },
  },
  "always-other-commit": {
    fits: isResolve,
    toSending: (answer) => withHeaders(answer, { "x-repo-commit": OTHER_COMMIT }),
    expected: { failure: "garbled", words: /answered for commit f{40}; expected [0-9a-f]{40}/ },
  },
  "always-other-etag": {
    fits: isResolve,
    toSending: (answer) => withHeaders(answer, { "x-linked-etag": `"${OTHER_HASH}"` }),
    expected: { failure: "garbled", words: /answered for the content e{64}; expected [0-9a-f]{64}/ },
  },
  "always-other-range": {
    fits: (_, answer) => isRange(_, answer) && answer.body.length > 1,
    toSending: toOtherRange,
    expected: { failure: "garbled", words: /sent a file with the hash|sent other bytes|have the hash/ },
  },
  "always-loops": {
    fits: isResolve,
    toSending: (_, { request }) => ({ status: 302, headers: { location: request.url }, body: Buffer.alloc(0) }),
    expected: { failure: "garbled", words: /redirects in a circle/ },
  },
  "always-html": { fits: isResolve, toSending: page, expected: { failure: "garbled", words: /answered 200 with/ } },
  "always-403": {
    fits: isCdn,
    toSending: () => refuse(403),
    expected: { failure: "unreachable", words: /answered 403 to a link just signed by/ },
  },
  "always-503": {
    fits: isResolve,
    toSending: () => refuse(503),
    expected: { failure: "unreachable", words: /answered 503 \(\d+ tries\)/ },
  },
  "always-slow": {
    fits: isRange,
    toSending: (answer) => ({ ...answer, breaks: { how: "drip", after: 0 } }),
    // Once twenty in a row took too long, those that wait are sent away by the breaker.
    expected: { failure: "unreachable", words: /took too long to answer in full|has answered nothing for \d+ s/ },
  },
} satisfies Record<string, Kind & Pick<Fault, "expected">>;

export type FaultName = keyof typeof PASSING | keyof typeof LYING | keyof typeof STAYING;

/** Every way in which the test server can go wrong, and what a run must make of it. */
export const FAULTS: readonly Fault[] = [
  ...Object.entries(PASSING).map(([name, kind]) => toFault(name, "passes", "same", kind)),
  ...Object.entries(LYING).map(([name, kind]) => toFault(name, "lies", LIE, kind)),
  ...Object.entries(STAYING).map(([name, { expected, ...kind }]) =>
    toFault(name, "stays", expected as Expectation, kind),
  ),
];

function toFault(name: string, lasts: Fault["lasts"], expected: Expectation, kind: Kind): Fault {
  return { name: name as FaultName, lasts, expected, ...kind };
}

/** Right headers, and as many bytes of another place in the file; of a whole file, the bytes in another order. */
async function toOtherRange(answer: CapturedAnswer, { chance, answerRange }: FaultContext): Promise<Sending> {
  const [, start, , size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers["content-range"] ?? "") ?? [];
  const { length } = answer.body;
  const places = Number(size) - length;
  if (places <= 0) {
    const by = 1 + Math.floor(chance * (length - 1));
    return { ...answer, body: Buffer.concat([answer.body.subarray(by), answer.body.subarray(0, by)]) };
  }
  let place = Math.floor(chance * (places + 1));
  if (place === Number(start)) place = place === places ? place - 1 : place + 1;
  return { ...answer, body: (await answerRange(`bytes=${place}-${place + length - 1}`)).body };
}

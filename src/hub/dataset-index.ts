import { datasetInfo, listFiles } from "@huggingface/hub";
import { z } from "zod";
import { SourceError } from "../contract/errors.ts";
import { assertJsonLimits, type JsonLimitError } from "../schema/json-text.ts";
import type { HubFile } from "./hub.ts";
import { type Asked, type Caller, TransientError, toSourceError, toSubject } from "./hub-errors.ts";
import { compareCodeUnits, isCommit, isPlainPath } from "./names.ts";
import { findNextPage } from "./next-page.ts";
import { type RetryOptions, retry } from "./retry.ts";
import type { Answer, Transport } from "./transport.ts";

type AskedAt = Required<Pick<Asked, "dataset" | "revision">>;

const PAGES_MAX = 10_000;
const LISTINGS_MAX = 4;
/** Ten times what the Hub advises a repository to hold at most; half a gigabyte of names and hashes. */
const FILES_MAX = 1_000_000;

/** Answers in a row that are not the Hub's, from an address that has never given one that is: then it is another's. */
const STRANGE_MAX = 6;

const INFO = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  gated: z
    .unknown()
    .optional()
    .transform((gated) => gated !== undefined && gated !== false),
  siblings: toListOf(z.object({ rfilename: z.string() })).optional(),
});
/** Twice what the Hub takes for a file. What is kept of each file grows with the size that it claims. */
const FILE_BYTES_MAX = 2 ** 40;
const BYTES = z.int().nonnegative().max(FILE_BYTES_MAX);

/**
 * Values of an answer that are parsed, counted by its brackets and commas. The longest text that is taken has fewer if it
 * is the Hub's: a file's name alone is two, and 30 bytes. Of brackets alone it could be 64 million, and take a gigabyte.
 */
const VALUES_MAX = 5_000_000;

const PAGE = toListOf(z.object({ type: z.string() }));
const FILE = z.object({
  type: z.literal("file"),
  path: z.string().refine(isPlainPath),
  size: BYTES,
  oid: z.string().regex(/^[0-9a-f]{40}$/),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: BYTES }).optional(),
});

/** What the Hub knows of datasets: their commits and the files at them. */
export class DatasetIndex {
  readonly #transport: Transport;
  readonly #caller: Caller;
  readonly #retry: RetryOptions;
  /** Paths that a commit's info names, by "dataset@commit". */
  readonly #siblings = new Map<string, readonly string[]>();
  readonly #gated = new Set<string>();
  #isHub = false;

  constructor(transport: Transport, caller: Caller, retryOptions: RetryOptions) {
    this.#transport = transport;
    this.#caller = caller;
    this.#retry = retryOptions;
  }

  /** True if the hub has said so, which it does when it is asked for a commit. */
  isGated(dataset: string): boolean {
    return this.#gated.has(dataset);
  }

  async askCommit(asked: AskedAt): Promise<string> {
    const { dataset: name, revision } = asked;
    const { hubUrl } = this.#caller;
    let info: z.output<typeof INFO> | undefined;
    const fetchInfo = this.#createFetch(asked, INFO, (answered) => {
      info = answered;
    });
    // The library can't be told to ask for the siblings: the fetch that it is given does.
    const { sha } = await datasetInfo({ name, revision, additionalFields: ["sha"], hubUrl, fetch: fetchInfo });
    if (isCommit(revision) && sha !== revision) {
      throw this.#garbled(asked, `asked for commit ${revision}, received ${sha}`);
    }
    if (info?.gated) this.#gated.add(name);
    if (info?.siblings) {
      const paths = info.siblings.map(({ rfilename }) => rfilename);
      this.#siblings.set(`${name}@${sha}`, paths);
    }
    return sha;
  }

  /**
   * The files at a commit, by path. What the info of the commit names and the listing leaves out is looked for in further
   * listings: an entry can fall between two pages.
   */
  async askFiles(asked: AskedAt): Promise<readonly HubFile[]> {
    const files = new Map<string, HubFile>();
    await this.#readListing(asked, files);
    const siblings = await this.#askSiblings(asked);
    const findMissing = () => siblings.find((path) => !files.has(path));
    for (let more = LISTINGS_MAX - 1; more > 0 && findMissing() !== undefined; more--) {
      await this.#readListing(asked, files);
    }
    const missing = findMissing();
    if (missing !== undefined) {
      throw this.#garbled(asked, `the listing leaves out ${JSON.stringify(missing)}, which the dataset's info names`);
    }
    return [...files.values()].sort((a, b) => compareCodeUnits(a.path, b.path));
  }

  async #askSiblings(asked: AskedAt): Promise<readonly string[]> {
    const key = `${asked.dataset}@${asked.revision}`;
    if (!this.#siblings.has(key)) await this.askCommit(asked);
    return this.#siblings.get(key) ?? [];
  }

  /** Adds the files of a listing. One that is named twice must be the same both times. */
  async #readListing(asked: AskedAt, files: Map<string, HubFile>): Promise<void> {
    const { dataset: name, revision } = asked;
    const fetchPage = this.#createFetch(asked, PAGE);
    const repo = { type: "dataset", name } as const;
    const { hubUrl } = this.#caller;
    for await (const entry of listFiles({ repo, recursive: true, revision, hubUrl, fetch: fetchPage })) {
      if (entry.type !== "file") continue;
      const { data, error } = FILE.safeParse(entry);
      if (error !== undefined) throw this.#garbled(asked, `not an entry of a listing: ${toProblem(error)}`);
      const file = toHubFile(data);
      const known = files.get(file.path) ?? file;
      if (known.size !== file.size || known.sha256 !== file.sha256 || known.etag !== file.etag) {
        throw this.#garbled(asked, `the listing names ${JSON.stringify(file.path)} twice, each time as another file`);
      }
      files.set(file.path, file);
      if (files.size > FILES_MAX) throw this.#garbled(asked, `the listing names more than ${FILES_MAX} files`);
    }
  }

  /**
   * A fetch for the library: through the governor, retried, a refusal told apart before its code is lost, and the shape
   * checked before the library trusts it.
   */
  #createFetch<T>(asked: AskedAt, shape: z.ZodType<T>, onAnswer?: (answered: T) => void): typeof fetch {
    const pages = new Set<string>();
    return async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.pathname.includes("/revision/")) url.searchParams.append("expand", "siblings");
      if (pages.has(url.href)) throw this.#garbled(asked, `the listing's pages lead in a circle`);
      pages.add(url.href);
      if (pages.size > PAGES_MAX) throw this.#garbled(asked, `the listing has more than ${PAGES_MAX} pages`);
      const accept = new Headers(init?.headers).get("accept") ?? "application/json";
      const answer = await retry(toSubject(asked), this.#toAttempt(url, accept, asked, shape, onAnswer), this.#retry);
      const next = this.#findNextPage(asked, answer);
      // The library knows one form of the header only.
      return new Response(answer.body, { headers: next === undefined ? {} : { link: `<${next.href}>; rel="next"` } });
    };
  }

  #toAttempt<T>(
    url: URL,
    accept: string,
    asked: AskedAt,
    shape: z.ZodType<T>,
    onAnswer: ((answered: T) => void) | undefined,
  ) {
    let strange = 0;
    return async (signal: AbortSignal) => {
      const answer = await this.#transport.get(url, { accept }, signal);
      if (answer.status !== 200) throw toSourceError(answer, asked, this.#caller);
      const { data, problem } = parseAnswer(answer.body, shape);
      if (problem !== undefined) {
        // An error page with status 200, or half an answer: the Hub's next one may be whole.
        if (!this.#isHub && ++strange >= STRANGE_MAX) throw this.#garbled(asked, problem);
        throw new TransientError("garbled", url.host, `gave no answer of the Hub: ${problem}`);
      }
      this.#isHub = true;
      onAnswer?.(data);
      return answer;
    };
  }

  #findNextPage(asked: AskedAt, { headers, url }: Answer): URL | undefined {
    try {
      return findNextPage(headers.get("link"), url);
    } catch (error) {
      throw this.#garbled(asked, (error as TypeError).message);
    }
  }

  #garbled({ dataset, revision }: AskedAt, message: string): SourceError {
    const { hubUrl } = this.#caller;
    const todo = "Check that the address is a Hugging Face hub's";
    return new SourceError("garbled", `${dataset} at ${revision} on ${hubUrl}: ${message}. ${todo}.`);
  }
}

/** A list that is looked at up to the first wrong entry: to say what is wrong with each of a million takes half a minute. */
function toListOf<T>(shape: z.ZodType<T>) {
  return z.array(z.unknown()).transform((entries, context) => {
    const list: T[] = [];
    for (const [at, entry] of entries.entries()) {
      const { success, data, error } = shape.safeParse(entry);
      if (success) {
        list.push(data);
        continue;
      }
      for (const { message, path } of error.issues) context.addIssue({ code: "custom", message, path: [at, ...path] });
      return z.NEVER;
    }
    return list;
  });
}

type Parsed<T> =
  | { readonly data: T; readonly problem?: undefined }
  | { readonly data?: never; readonly problem: string };

function parseAnswer<T>(body: Uint8Array, shape: z.ZodType<T>): Parsed<T> {
  let value: unknown;
  try {
    const text = new TextDecoder().decode(body);
    assertJsonLimits(text, VALUES_MAX);
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `expected JSON: ${(error as SyntaxError | JsonLimitError).message}` };
  }
  const { success, data, error } = shape.safeParse(value);
  return success ? { data } : { problem: toProblem(error) };
}

function toProblem(error: z.ZodError): string {
  return z.prettifyError(error).slice(0, 300);
}

function toHubFile({ path, size, oid, lfs }: z.output<typeof FILE>): HubFile {
  return lfs === undefined ? { path, size, etag: oid } : { path, size: lfs.size, sha256: lfs.oid };
}

import type { ByteRange, RangeBytes } from "./body.ts";
import type { Accept } from "./checked-source.ts";
import { type Asked, type Caller, TransientError, toSourceError, toSubject } from "./hub-errors.ts";
import type { FileIdentity } from "./identity.ts";
import { type RetryOptions, retry } from "./retry.ts";
import type { Answer, Ask, Transport } from "./transport.ts";

/** A signed URL, with the ETag that its host first gave, and its failures in a row. */
type Link = { readonly url: URL; etag: string | undefined; failures: number };

/** A link's host that fails so often in a row may be the wrong one: the hub may know another. */
const LINK_FAILURES_MAX = 2;

export type AskedFile = Required<Asked> & { readonly file: FileIdentity };

/**
 * Reads ranges of files by their resolve URL. The Hub redirects to a signed URL on a storage host; it is used again
 * until the host refuses it, so a range costs one request and the hub's quota is spent once per file.
 */
export class RangeReader {
  readonly #transport: Transport;
  readonly #caller: Caller;
  readonly #retry: RetryOptions;
  readonly #links = new Map<string, Link>();

  constructor(transport: Transport, caller: Caller, retryOptions: RetryOptions) {
    this.#transport = transport;
    this.#caller = caller;
    this.#retry = retryOptions;
  }

  /**
   * The bytes of `range`, which is not empty, in fresh buffers. `accept` says what is wrong with them; then they are asked
   * for again, by way of the hub. Throws SourceError.
   */
  read(asked: AskedFile, range: ByteRange, accept: Accept): Promise<RangeBytes> {
    const home = toResolveUrl(this.#caller.hubUrl, asked);
    const attempt = async (signal: AbortSignal) => {
      const { url, body: bytes, around } = await this.#readOnce(home, { accept: "*/*", range }, asked, signal);
      const came = { before: NO_BYTES, after: NO_BYTES, ...around, bytes };
      const wrong = accept(came);
      if (wrong === undefined) return came;
      this.#links.delete(home.href);
      throw new TransientError(wrong.failure, url.host, `sent ${wrong.what}`);
    };
    return retry(toSubject(asked), attempt, this.#retry);
  }

  async #readOnce(home: URL, ask: Ask, asked: AskedFile, signal: AbortSignal): Promise<Answer> {
    const known = this.#links.get(home.href);
    const short = known && (await this.#tryLink(home, known, ask, signal));
    if (short) return short;
    const onRedirect = (url: URL) => this.#links.set(home.href, { url, etag: undefined, failures: 0 });
    const answer = await this.#transport.get(home, { ...ask, file: asked.file, onRedirect }, signal);
    if (answer.status === 206) {
      const link = this.#links.get(home.href);
      if (link?.url.href === answer.url.href) link.etag = toStrong(answer);
      return answer;
    }
    this.#links.delete(home.href);
    if (answer.url.origin === home.origin) throw toSourceError(answer, asked, this.#caller);
    const what = `answered ${answer.status} to a link just signed by ${home.host}`;
    throw new TransientError("unreachable", answer.url.host, what);
  }

  /** The answer of a link signed earlier; undefined if it is refused, as it is once it has expired. */
  async #tryLink(home: URL, link: Link, ask: Ask, signal: AbortSignal): Promise<Answer | undefined> {
    try {
      const answer = await this.#transport.get(link.url, ask, signal);
      if (answer.status !== 206) {
        this.#forget(home, link);
        return undefined;
      }
      link.failures = 0;
      const etag = toStrong(answer);
      link.etag ??= etag;
      if (etag === undefined || etag === link.etag) return answer;
      // The hub must say again that this is the file it listed; then the host's new name for it is as good as the old.
      this.#forget(home, link);
      throw new TransientError(
        "garbled",
        link.url.host,
        `has another file now: its ETag was ${link.etag}, now ${etag}`,
      );
    } catch (error) {
      if (error instanceof TransientError && ++link.failures >= LINK_FAILURES_MAX) this.#forget(home, link);
      throw error;
    }
  }

  #forget(home: URL, link: Link): void {
    // Another read may have put a fresh link there meanwhile: that one stays.
    if (this.#links.get(home.href) === link) this.#links.delete(home.href);
  }
}

const NO_BYTES = new Uint8Array(0);

/** A weak ETag promises nothing about bytes. */
function toStrong({ headers }: Answer): string | undefined {
  const etag = headers.get("etag");
  return etag?.startsWith('"') ? etag.slice(0, 100) : undefined;
}

function toResolveUrl(hubUrl: string, { dataset, revision, path }: Required<Asked>): URL {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return new URL(`${hubUrl}/datasets/${dataset}/resolve/${revision}/${encoded}`);
}

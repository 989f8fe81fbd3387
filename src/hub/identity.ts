import type { HubFile } from "./hub.ts";
import { type AnswerHead, TransientError } from "./hub-errors.ts";

/** The file that was asked for: what the hub's answers about it must agree with. */
export type FileIdentity = Pick<HubFile, "size" | "sha256" | "etag"> & { readonly commit: string };

/**
 * Throws TransientError if the hub answers for another commit, another content or another size than the listing named. A
 * header that is not there says nothing; an ETag counts only where it has the form of a content's hash, as the Hub's have.
 */
export function assertSameFile({ url, status, headers }: AnswerHead, file: FileIdentity): void {
  if (status >= 400) return;
  const differ = (what: string, came: string, expected: string | number) =>
    new TransientError("garbled", url.host, `answered for ${what} ${came.slice(0, 80)}; expected ${expected}`);
  const commit = headers.get("x-repo-commit");
  if (commit !== null && commit !== file.commit) throw differ("commit", commit, file.commit);
  const size = headers.get("x-linked-size");
  if (size !== null && Number(size) !== file.size) throw differ("a file of", `${size} bytes`, `${file.size} bytes`);
  // A redirect's own ETag is that of the pointer in git; the content's is the linked one.
  const etag = headers.get("x-linked-etag") ?? (status === 206 ? headers.get("etag") : null);
  const came = toHash(etag);
  const expected = file.sha256 ?? file.etag;
  if (came === undefined || expected === undefined || came.length !== expected.length) return;
  if (came !== expected) throw differ("the content", came, expected);
}

/** `"<hash>"` or `W/"<hash>"` of 40 or 64 hex digits, as the hash. */
function toHash(etag: string | null): string | undefined {
  return /^(?:W\/)?"([0-9a-f]{40}|[0-9a-f]{64})"$/.exec(etag ?? "")?.[1];
}

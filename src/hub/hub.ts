import type { ByteSource } from "../contract/byte-source.ts";
import type { Quotas } from "./quota.ts";

/** A file at a commit. Exactly one of `sha256` (kept in LFS: the content's hash) and `etag` (git's blob id) is set. */
export type HubFile = {
  /** Inside the dataset, `/` between segments. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256?: string | undefined;
  readonly etag?: string | undefined;
};

/** Where datasets lie: a server that speaks the Hugging Face Hub's protocol, or a directory in its cache layout. */
export type Hub = {
  /** For messages. */
  readonly name: string;
  /** Branch, tag or commit to the commit (40 hex digits) it means; asked once, then remembered. Throws SourceError. */
  resolve(dataset: string, revision?: string): Promise<string>;
  /**
   * The files at a commit, sorted by path in code units; listed once, then remembered. `keep` (true means keep) spares
   * the others: a directory hashes just the kept files. Throws SourceError.
   */
  list(dataset: string, revision: string, keep?: (path: string) => boolean): Promise<readonly HubFile[]>;
  /** A file of `list` as bytes. Nothing is asked of the hub before the first read. */
  open(dataset: string, revision: string, file: HubFile): ByteSource;
  /** The quotas that requests count against, as far as the hub has told them by now; a directory has none. */
  toQuotas?(): Quotas;
  /** Ends sockets and waits, so that the process can exit. Reads under way are rejected. */
  close(): Promise<void>;
};

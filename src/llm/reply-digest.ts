import { sha256 } from "./reply-key.ts";

const MODULUS = 2n ** 256n;

/**
 * A digest of the replies that a run used: the sum of a SHA-256 for each use, modulo 2^256. So it is the same in any order,
 * and digests of parts of a run add up to that of the whole.
 */
export class ReplyDigest {
  #sum = 0n;

  /** One use of a reply: its key and the SHA-256 of its raw text. */
  add(use: { readonly key: string; readonly sha256: string }): void {
    this.addDigest(sha256(`${use.key}\n${use.sha256}`));
  }

  /** The digest of another part, as `toString` gave it. */
  addDigest(digest: string): void {
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % MODULUS;
  }

  /** 64 hex digits; all 0 where no reply was used. */
  toString(): string {
    return this.#sum.toString(16).padStart(64, "0");
  }
}

import { userInfo } from "node:os";

/** Who runs this, for the ledger. A container may run under a number that the machine has no name for. */
export function toUserName(read: () => { readonly username: string } = userInfo): string {
  try {
    return read().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

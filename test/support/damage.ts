import { hash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Changes one bit of a file, at this share (0 to 1) of its length. */
export function flipBit(path: string, share: number): void {
  const bytes = readFileSync(path);
  const at = Math.min(bytes.length - 1, Math.floor(share * bytes.length));
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(path, bytes);
}

/** What a start may write even where it is refused. */
const MAY_CHANGE = /^\.run\/(lock|lock\.pid|log\.jsonl)$/;

/** Every file below `folder` with its time of change and its content's hash, and every folder by name. */
export function toSnapshot(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => !MAY_CHANGE.test(path));
  return Object.fromEntries(
    paths.sort().map((path) => {
      const found = statSync(join(folder, path));
      // A folder's own time moves with the lock in it.
      if (found.isDirectory()) return [path, "folder"];
      return [path, `${found.mtimeMs} ${hash("sha256", readFileSync(join(folder, path)), "hex")}`];
    }),
  );
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Boundary } from "../../../src/contract/index.ts";

const FOLDER = join(import.meta.dirname, "../../../transforms/boundaries");

/** The boundaries of the project with the names of their files. */
export async function listBoundaries(): Promise<{ file: string; boundary: Boundary }[]> {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".ts") && !name.startsWith("_"))
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const { default: boundary } = (await import(join(FOLDER, file))) as { default: Boundary };
      return { file, boundary };
    }),
  );
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Mutation } from "../../../src/contract/index.ts";
import type { NamedMutation } from "../../../src/pool/mutate/make-mutation.ts";

const FOLDER = join(import.meta.dirname, "../../../transforms/mutations");

/** The mutators of the project, by file name. */
export async function listMutators(): Promise<NamedMutation[]> {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".ts") && !name.startsWith("_"))
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const { default: mutation } = (await import(join(FOLDER, file))) as { default: Mutation };
      return { name: file.replace(/\.ts$/, "").replaceAll("-", "_"), mutation };
    }),
  );
}

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/** Each room and the rooms it may import beside itself: those to its left in src/README.md. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  contract: ["schema"],
  hub: ["schema", "contract"],
  formats: ["schema", "contract"],
  llm: ["schema", "contract"],
  sink: ["schema", "contract"],
  energy: ["schema", "contract"],
  pool: ["schema", "contract", "hub", "formats", "llm", "sink", "energy"],
  run: ["schema", "contract", "hub", "formats", "llm", "sink", "energy", "pool"],
  cli: ["schema", "contract", "hub", "formats", "llm", "sink", "energy", "pool", "run"],
  "main.ts": ["schema", "contract", "hub", "formats", "llm", "sink", "energy", "pool", "run", "cli"],
};

// `from "…"`, `import "…"` and `import("…")`, but not the method of `Buffer.from("…")`.
const IMPORT = /(?:(?<!\.)\bfrom\s+|\bimport\s*\(?\s*)["']([^"']+)["']/g;

function listSources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name.split(sep).join("/")}`)
    .sort();
}

function listImports(file: string): string[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  return [...source.matchAll(IMPORT)].map(([, specifier]) => specifier as string);
}

/** A relative specifier as a path from the root, others as they are. */
function toTarget(file: string, specifier: string): string {
  if (specifier === "#contract") return "src/contract/index.ts";
  if (!specifier.startsWith(".")) return specifier;
  return relative(ROOT, resolve(ROOT, dirname(file), specifier))
    .split(sep)
    .join("/");
}

const roomOf = (path: string): string => path.split("/")[1] as string;

describe("the import rule", () => {
  test("every source of src lies in a room", () => {
    expect([...new Set(listSources("src").map(roomOf))].sort()).toEqual(Object.keys(ROOMS).sort());
  });

  test.each(listSources("src"))("%s imports only from rooms to its left", (file) => {
    const allowed = [roomOf(file), ...(ROOMS[roomOf(file)] as readonly string[])];
    const wrong = listImports(file)
      .map((specifier) => toTarget(file, specifier))
      .filter((target) => /^(src|loaders|tracks|transforms|test)\//.test(target))
      .filter((target) => !target.startsWith("src/") || !allowed.includes(roomOf(target)));
    expect(wrong).toEqual([]);
  });

  test("schema imports zod and node's own modules only", () => {
    const outside = listSources("src/schema")
      .flatMap((file) => listImports(file))
      .filter((specifier) => !specifier.startsWith("./") && !specifier.startsWith("node:") && specifier !== "zod");
    expect(outside).toEqual([]);
  });

  test.each([...listSources("loaders"), ...listSources("transforms")])(
    "%s imports #contract, zod and _files",
    (file) => {
      const wrong = listImports(file).filter((specifier) => {
        if (specifier === "#contract" || specifier === "zod") return false;
        const target = toTarget(file, specifier);
        // A helper is a file, or lies in a folder, whose name begins with an underscore.
        return !target.startsWith(`${file.split("/")[0]}/`) || !/\/_[^/]+/.test(target);
      });
      expect(wrong).toEqual([]);
    },
  );

  test.each(listSources("tracks"))("%s imports #contract and transforms", (file) => {
    const wrong = listImports(file)
      .map((specifier) => toTarget(file, specifier))
      .filter((target) => target !== "src/contract/index.ts" && !target.startsWith("transforms/"));
    expect(wrong).toEqual([]);
  });

  test("src names no loader and no dataset", () => {
    const loaders = listSources("loaders").filter((file) => !/\/_/.test(file));
    const datasets = loaders.map((file) => /dataset: "([^"]+)"/.exec(readFileSync(join(ROOT, file), "utf8"))?.[1]);
    const names = [...loaders.map((file) => file.replace(/^loaders\/|\.ts$/g, "")), ...datasets].filter(
      (name) => name !== undefined,
    );
    expect(names.length).toBeGreaterThanOrEqual(7);
    const found = listSources("src").flatMap((file) => {
      // Help texts may show one as an example; code may not know it.
      const code = readFileSync(join(ROOT, file), "utf8").replace(/^ {2}planstream .*$/gm, "");
      return names.filter((name) => stripComments(code).includes(name)).map((name) => `${file}: ${name}`);
    });
    expect(found).toEqual([]);
  });
});

function stripComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

import { z } from "zod";
import { DefinitionError, type Loader, type Track } from "#contract";
import { listGlobs } from "./pin-source.ts";

const text = z.string().min(1);
const isFunction = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === "function",
  "expected a function",
);

const datasetName = z.string().regex(/^[\w.-]+\/[\w.-]+$/, "expected OWNER/NAME");

/** What a loader file may say; a key that is not in here is most likely a slip of the pen. */
const loaderSchema = z.strictObject({
  dataset: datasetName,
  configs: z.array(text).min(1).optional(),
  splits: z.array(text).min(1).optional(),
  files: z.union([text, z.array(text).min(1), z.record(text, text)]),
  field: text.optional(),
  fallbackDataset: datasetName.optional(),
  join: z.strictObject({ file: isFunction, as: text, match: isFunction }).optional(),
  conversationKey: isFunction.optional(),
  rowsKnown: z.int().min(0).optional(),
  license: text,
  gated: z.boolean().optional(),
  category: z.string().regex(/^[a-z][a-z0-9_]*$/, "expected snake_case"),
  language: text.optional(),
  row: z.custom((value) => value instanceof z.ZodObject, "expected z.object({ … }) of the columns to read"),
  samplesMax: z.int().min(1).optional(),
  disabled: text.optional(),
  evaluationSet: z.boolean().optional(),
  toDraft: isFunction,
});

const trackSchema = z.strictObject({
  title: text,
  cost: z.enum(["free", "paid"]),
  stages: z.array(
    z.strictObject({ name: text, version: z.int().min(1), perNode: z.literal(true).optional(), apply: isFunction }),
  ),
  llm: z
    .strictObject({
      kind: z.literal("llm"),
      name: text,
      version: z.int().min(1),
      reply: z.custom((value) => value instanceof z.ZodType, "expected a zod schema of the model's answer"),
      confidence: isFunction,
      prompt: isFunction,
      accept: isFunction,
      decline: isFunction.optional(),
    })
    .optional(),
});

/** Checks what a loader file exports. Throws DefinitionError that names the file, the key and what was expected. */
export function parseLoader(exported: unknown, file: string): Loader {
  assertExport(exported, loaderSchema, file, "defineLoader({ … })");
  const loader = exported as Loader;
  assertPlaceholders(loader, file);
  return loader;
}

/** Checks what a track file exports. Throws DefinitionError. */
export function parseTrack(exported: unknown, file: string): Track {
  assertExport(exported, trackSchema, file, "defineTrack({ … })");
  return exported as Track;
}

/** Throws DefinitionError unless a file exports what the schema asks for; `form` is how such an export begins. */
export function assertExport(exported: unknown, schema: z.ZodObject, file: string, form: string): void {
  if (typeof exported !== "object" || exported === null) {
    throw new DefinitionError(
      `${file} has no default export of the right kind: it gives ${exported === null ? "null" : typeof exported}, expected \`export default ${form}\`.`,
    );
  }
  const parsed = schema.safeParse(exported);
  if (parsed.success) return;
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code === "unrecognized_keys") {
      return `${issue.keys.join(", ")}: not a key of a definition (known: ${Object.keys(schema.shape).join(", ")})`;
    }
    return `${issue.path.join(".") || "export"}: ${issue.message.replace(/^Invalid input: /, "")}`;
  });
  throw new DefinitionError(`${file}: ${problems.join("; ")}. Mend the file.`);
}

/** Several configs or splits need a pattern that tells them apart, or every file would be read several times. */
function assertPlaceholders(loader: Loader, file: string): void {
  const { configs = ["default"], splits = ["train"] } = loader;
  const isMap = typeof loader.files === "object" && !Array.isArray(loader.files);
  if (isMap && Object.keys(loader.files).sort().join() !== [...configs].sort().join()) {
    throw new DefinitionError(
      `${file}: files names ${Object.keys(loader.files).join(", ")}, configs ${configs.join(", ")}: they must be the same.`,
    );
  }
  for (const pattern of configs.flatMap((config) => listGlobs(loader, config))) {
    if (!isMap) assertPlaceholder(file, pattern, "{config}", configs);
    assertPlaceholder(file, pattern, "{split}", splits);
  }
}

function assertPlaceholder(file: string, pattern: string, word: string, values: readonly string[]): void {
  if (values.length <= 1 || pattern.includes(word)) return;
  throw new DefinitionError(
    `${file}: files: "${pattern}" has no ${word}, but ${values.length} are declared (${values.join(", ")}). Put ${word} where the name stands in the path.`,
  );
}

import { z } from "zod";
import { boundarySchema } from "../../src/schema/boundary.ts";
import { manifestSchema } from "../../src/schema/manifest.ts";
import { pairSchema } from "../../src/schema/pair.ts";
import { sampleSchema } from "../../src/schema/sample.ts";

const SCHEMAS = { sample: sampleSchema, pair: pairSchema, boundary: boundarySchema, manifest: manifestSchema };

/**
 * The JSON Schema files (draft 2020-12) of what planstream writes, by path. They say what JSON Schema can: that a plan's ids
 * are unique and its edges make no ring is checked by zod, and by `planstream verify`.
 */
export function toJsonSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => {
      // What is checked by code of our own says its type by `meta`.
      const made = z.toJSONSchema(schema, { unrepresentable: "any" });
      return [`docs/schemas/${name}.json`, `${JSON.stringify({ title: name, ...made }, null, 2)}\n`];
    }),
  );
}

import { z } from "zod";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** Any JSON value, taken as it is: what is inside is the source's. */
export const jsonValueSchema = z.custom<JsonValue>((value) => value !== undefined && typeof value !== "function");
export const jsonObjectSchema = z
  .custom<JsonObject>((value) => isJsonObject(value), "expected an object")
  .meta({ type: "object" });

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "64 hex digits");

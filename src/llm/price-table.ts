import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { DefinitionError } from "#contract";
import { toCanonicalJson } from "../schema/canonical-json.ts";
import { parseJsonText } from "../schema/json-text.ts";
import { toNearNames } from "./near-names.ts";
import { isPaid, type ModelPrice, modelPriceSchema } from "./prices.ts";

/** Days a table is good for: vendors change prices a few times a year. */
export const PRICES_AGE_MAX_DAYS = 90;

const priceTableSchema = z.strictObject({
  schema: z.literal("planstream/prices/1"),
  /** The day the prices were right, of their source: YYYY-MM-DD. */
  as_of: z.iso.date(),
  source: z.string().min(1),
  /** By "vendor/model". */
  models: z.record(z.string().regex(/^[^/\s]+\/\S+$/, 'a model is named "vendor/model"'), modelPriceSchema),
});
export type PriceTable = z.infer<typeof priceTableSchema>;

/** The table that comes with planstream (price-table.json, written by test/support/make-prices.ts). */
export function readBundledPrices(): PriceTable {
  return readPriceFile(new URL("price-table.json", import.meta.url));
}

/** Reads a table as `--prices` names it. Throws DefinitionError that says where in the file what is wrong. */
export function readPriceFile(path: string | URL): PriceTable {
  const where = typeof path === "string" ? path : "the bundled price table";
  try {
    return parsePriceTable(parseJsonText(readFileSync(path, "utf8")), where);
  } catch (error) {
    if (error instanceof DefinitionError) throw error;
    throw new DefinitionError(`--prices ${where}: it can't be read as JSON (${(error as Error).message}).`, {
      cause: error,
    });
  }
}

/** A parsed JSON value as a table. */
export function parsePriceTable(value: unknown, where: string): PriceTable {
  const parsed = priceTableSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DefinitionError(
    `--prices ${where}: at ${issue?.path.join(".") || "the top"}: ${issue?.message}. Expected {"schema":"planstream/prices/1","as_of":"YYYY-MM-DD","source":…,"models":{"vendor/model":{"in":nano-dollars a token,"out":…}}}; src/llm/price-table.json is one.`,
  );
}

/** The first table with the models of the second in place of, or beside, its own; each keeps the day its price is of. */
export function overlayPrices(table: PriceTable, over: PriceTable): PriceTable {
  const dated = Object.entries(over.models).map(([model, price]) => [model, { as_of: over.as_of, ...price }] as const);
  return {
    schema: table.schema,
    as_of: table.as_of,
    source: `${table.source}; ${over.source}`,
    models: Object.fromEntries([...Object.entries(table.models), ...dated]),
  };
}

/** Price of a model. Throws DefinitionError with near names for one that isn't in the table: unknown is never free. */
export function findPrice(table: PriceTable, model: string): ModelPrice {
  const price = Object.hasOwn(table.models, model) ? table.models[model] : undefined;
  if (price) return price;
  const near = toNearNames(model, Object.keys(table.models));
  const hint = near.length > 0 ? ` Near it: ${near.join(", ")}.` : "";
  throw new DefinitionError(
    `No price is known for the model ${JSON.stringify(model)} (table of ${table.as_of}), so nothing is asked of it.${hint} Give --price ${model}=IN,OUT in dollars a million tokens, or a table with --prices FILE.`,
  );
}

/**
 * Throws DefinitionError when a model's price is more than 90 days old on `today` (YYYY-MM-DD), unless that is accepted.
 * A price given on the command line is as new as the command.
 */
export function assertFresh(table: PriceTable, model: string, today: string, acceptOld: boolean): void {
  const asOf = findPrice(table, model).as_of ?? table.as_of;
  if (asOf === "given" || acceptOld) return;
  const days = Math.round((Date.parse(today) - Date.parse(asOf)) / 86_400_000);
  if (days <= PRICES_AGE_MAX_DAYS) return;
  throw new DefinitionError(
    `The price of ${model} is of ${asOf}, ${days} days old on ${today}; after ${PRICES_AGE_MAX_DAYS} days it is not trusted. Give --price ${model}=IN,OUT or a newer table with --prices FILE, or accept it with --accept-old-prices.`,
  );
}

/**
 * Throws DefinitionError for a model that would cost nothing on a host that isn't this machine: a wrong zero would let
 * any amount through the gate. `local: true` in the table is no proof either, for the host decides who bills.
 */
export function assertZeroPriceTrusted(price: ModelPrice, model: string, host: string, trustZeroPrice: boolean): void {
  if (isPaid(price) || trustZeroPrice || isLoopback(host)) return;
  throw new DefinitionError(
    `${model} has price 0, but ${host} is not this machine. Give its price with --price ${model}=IN,OUT, or --trust-zero-price if nobody bills for it.`,
  );
}

/** SHA-256 of the table's canonical JSON: what the ledger and the manifest know it by. */
export function toPricesSha256(table: PriceTable): string {
  return hash("sha256", toCanonicalJson(JSON.parse(JSON.stringify(table))), "hex");
}

/** True for the names and addresses that never leave the machine. */
function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}

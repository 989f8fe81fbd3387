import { shortenMessage, toQuarantineLine } from "../../pool/quarantine-line.ts";
import type { SliceFailure, SlicePool } from "../../pool/slice-pool.ts";
import type { SliceResult, SliceTask } from "../../pool/slice-task.ts";
import { addCount, type Counts, createCounts, createTally } from "../../schema/tally.ts";
import { toEmptyResult } from "../settle.ts";
import { toRawRow, type Unit, type Want } from "./list-units.ts";
import type { QuarantinedLine } from "./quarantined-lines.ts";

/** A unit, and what became of its rows: results in order. A unit that stays has none. */
export type Worked = { readonly unit: Unit; readonly taken: Counts; readonly results: readonly SliceResult[] };

/** Works a unit as Tier I works a slice. Throws on abort and on a bug. */
export async function workUnit(id: string, unit: Unit, pool: SlicePool, signal: AbortSignal): Promise<Worked> {
  if (unit.kind === "left") return { unit, taken: createCounts(), results: [] };
  const outcome = await pool.run(unit.task, signal);
  const taken = unit.kind === "kept" ? countLines(unit.lines) : countWants(unit.wants);
  if (outcome.kind === "done") return { unit, taken, results: [outcome] };
  if (unit.kind === "source")
    return { unit, taken, results: unit.wants.map((want) => toFailed(id, unit.task, want, outcome)) };
  return { unit, taken, results: await workOneByOne(id, unit, pool, signal) };
}

/** One row that ends its thread must not take the others of the batch with it. */
async function workOneByOne(
  id: string,
  { task, lines }: Extract<Unit, { kind: "kept" }>,
  pool: SlicePool,
  signal: AbortSignal,
): Promise<SliceResult[]> {
  const { payload } = task;
  if (payload.kind !== "kept") throw new Error(`[${id}] rows that were kept have a payload of ${payload.kind}`);
  const results: SliceResult[] = [];
  for (const [place, row] of payload.rows.entries()) {
    const outcome = await pool.run({ ...task, payload: { kind: "kept", rows: [row] }, rowsMax: 1 }, signal);
    const want = { quarantined: lines[place] as QuarantinedLine, rows: Uint32Array.of(row.row) };
    results.push(outcome.kind === "done" ? outcome : toFailed(id, task, want, outcome));
  }
  return results;
}

/** The result of rows that no reader could decode, or that ended their thread: what was kept of a row stays. */
function toFailed(id: string, { place }: SliceTask, { quarantined, rows }: Want, failure: SliceFailure): SliceResult {
  const { stage, reason, message } = failure;
  const failed = { stage, reason, message, row: rows[0] as number, rows: rows.length };
  const line = toQuarantineLine(id, place, failed, toRawRow(quarantined.line));
  return {
    ...toEmptyResult(),
    rows: rows.length,
    tally: { ...createTally(), rows_read: rows.length, quarantined: { [reason]: rows.length } },
    quarantine: Buffer.from(`${line}\n`),
    quarantineLines: 1,
    examples: { [reason]: shortenMessage(message) },
  };
}

function countLines(lines: readonly QuarantinedLine[]): Counts {
  const counts = createCounts();
  for (const { line } of lines) addCount(counts, line.reason, line.source.rows);
  return counts;
}

function countWants(wants: readonly Want[]): Counts {
  const counts = createCounts();
  for (const { quarantined, rows } of wants) addCount(counts, quarantined.line.reason, rows.length);
  return counts;
}

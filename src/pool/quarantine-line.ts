import type { RawRow } from "../formats/row-file.ts";
import { toJsonLine } from "../schema/json-line.ts";
import type { QuarantineLine } from "../schema/quarantine.ts";
import type { SlicePlace } from "./slice-task.ts";

/** Characters of an error's message that are kept: a row can put itself into one. */
const MESSAGE_CHARS_MAX = 600;

/** One line of quarantine, without its line end. `rows` is how many rows it stands for. */
export function toQuarantineLine(
  loader: string,
  place: SlicePlace,
  failed: { stage: QuarantineLine["stage"]; reason: string; message: string; row: number; rows: number },
  raw?: RawRow,
): string {
  const { dataset, revision, config, split, file } = place;
  const { bytes, ...kept } = raw ?? {};
  const line: QuarantineLine = {
    schema: "planstream/quarantine/1",
    loader,
    stage: failed.stage,
    reason: failed.reason,
    message: shortenMessage(failed.message),
    source: {
      dataset,
      revision,
      config,
      split,
      file,
      row: failed.row,
      rows: failed.rows,
      ...(bytes && { bytes: [...bytes] }),
    },
    ...(Object.keys(kept).length > 0 && { raw: kept }),
  };
  return toJsonLine(line);
}

/** An error's message at a length that fits a line, and as Unicode text: what it quotes of a row may be cut inside a character. */
export function shortenMessage(message: string): string {
  const short = message.length <= MESSAGE_CHARS_MAX ? message : `${message.slice(0, MESSAGE_CHARS_MAX)}…`;
  return short.toWellFormed();
}

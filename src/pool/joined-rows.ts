import {
  type ByteSource,
  type Columns,
  type Join,
  type JsonValue,
  narrow,
  RowError,
  SourceError,
  setMember,
} from "#contract";
import { openFile } from "../formats/open-file.ts";
import { FIRST_CURSOR, type RowFile, type Rows } from "../formats/row-file.ts";
import { decodeText } from "../formats/text-rows.ts";
import type { JoinedFile } from "./slice-task.ts";

/** The rows of a slice, each completed by its row of the other file. */
export async function withJoined(rows: Rows, join: Join, file: JoinedFile, columns: Columns): Promise<Rows> {
  const others = await readOthers(file);
  const otherColumns = toOtherColumns(join, columns);
  return {
    length: rows.length,
    rowIndex: (i) => rows.rowIndex(i),
    read(i) {
      const row = rows.read(i);
      const place = join.match(row, others, rows.rowIndex(i));
      if (place === undefined || typeof row !== "object" || row === null || Array.isArray(row)) return row;
      const joined = { ...row };
      setMember(joined, join.as, narrow(others[place] as JsonValue, otherColumns));
      return joined;
    },
    raw: (i) => rows.raw(i),
    release: () => rows.release?.(),
  };
}

function toOtherColumns({ as }: Join, columns: Columns): Columns {
  return columns === true ? true : (columns.get(as)?.columns ?? true);
}

/** The other file's rows, whole (what they are matched by need not be read of them), kept for the slices that follow: a thread works the slices of one file after another. */
let kept: { readonly key: string; readonly others: readonly JsonValue[] } | undefined;

async function readOthers({ key, path, bytes }: JoinedFile): Promise<readonly JsonValue[]> {
  if (kept?.key === key) return kept.others;
  const others: JsonValue[] = [];
  const file = await openOther(toByteSource(path, bytes));
  for await (const { payload } of file.readSlices(FIRST_CURSOR)) {
    if (payload.kind !== "text")
      throw new RowError("decode", "bad_join", `${path} is no JSON file; only those can be joined`);
    const rows = decodeText(payload, true);
    for (let i = 0; i < rows.length; i++) others.push(readOther(rows, i));
  }
  kept = { key, others };
  return others;
}

/** Throws RowError: a file that holds no rows costs those that it completes, like one that is read for its own. */
async function openOther(source: ByteSource): Promise<RowFile> {
  try {
    return await openFile(source, { columns: true });
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause;
    throw new RowError("decode", "bad_join", cause.message, { cause });
  }
}

/** A row that can't be read completes no other: null keeps its place, and the row that it belongs to is judged without it. */
function readOther(rows: Rows, i: number): JsonValue {
  try {
    return rows.read(i);
  } catch (error) {
    if (error instanceof RowError) return null;
    throw error;
  }
}

function toByteSource(path: string, bytes: Uint8Array): ByteSource {
  return {
    path,
    size: bytes.length,
    // A copy: the bytes are shared between threads, and a reader may hand over what it gets.
    read: async (start, end) => Uint8Array.from(bytes.subarray(start, end)),
  };
}

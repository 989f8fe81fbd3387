import { open } from "node:fs/promises";
import { PLACE_BYTES } from "../../pool/mutate-place.ts";
import type { JournalEvent, OutputMark } from "../../schema/journal.ts";

type Cut = Extract<JournalEvent, { event: "cut" }>;

const READ_BYTES = PLACE_BYTES * 2 ** 16;

/**
 * The place of the last candidate that is taken in each lane: the `taken` with the smallest places are. `lanes` are all
 * lanes by number. Holds 8 bytes for each candidate of a lane that is drawn from.
 */
export async function drawCut(
  path: string,
  mark: OutputMark,
  lanes: readonly string[],
  taken: Readonly<Record<string, number>>,
): Promise<Cut["lanes"]> {
  const places = await readPlaces(path, mark, lanes, taken);
  return Object.fromEntries(
    Object.entries(taken).map(([lane, count]) => {
      const sorted = (places.get(lane) ?? new Float64Array(0)).sort();
      const last = sorted[count - 1];
      if (last === undefined) throw new Error(`${path} holds ${sorted.length} candidates of ${lane}, not ${count}`);
      // 48 bits of two hashes would have to agree just here.
      if (sorted[count] === last) throw new Error(`${lane}: two candidates have the same place. Use another --seed.`);
      return [lane, { taken: count, last }];
    }),
  );
}

async function readPlaces(
  path: string,
  { bytes }: OutputMark,
  lanes: readonly string[],
  taken: Readonly<Record<string, number>>,
): Promise<Map<string, Float64Array>> {
  const growing = new Map(Object.keys(taken).map((lane) => [lane, createNumbers()]));
  await using handle = await open(path);
  const buffer = Buffer.alloc(READ_BYTES);
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(READ_BYTES, bytes - at), at);
    const whole = bytesRead - (bytesRead % PLACE_BYTES);
    if (whole === 0) throw new Error(`${path} ends at byte ${at}; the journal tells of ${bytes}`);
    for (let start = 0; start < whole; start += PLACE_BYTES) {
      growing.get(lanes[buffer.readUInt16LE(start)] as string)?.add(buffer.readDoubleLE(start + 2));
    }
    at += whole;
  }
  return new Map([...growing].map(([lane, numbers]) => [lane, numbers.take()]));
}

function createNumbers() {
  let numbers = new Float64Array(1024);
  let length = 0;
  return {
    add(number: number): void {
      if (length === numbers.length) {
        const larger = new Float64Array(2 * length);
        larger.set(numbers);
        numbers = larger;
      }
      numbers[length++] = number;
    },
    take: (): Float64Array => numbers.subarray(0, length),
  };
}

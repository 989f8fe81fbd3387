/** Bytes of a page of a WebAssembly memory. */
const PAGE_BYTES = 64 * 2 ** 10;

/** Magic number and version, with which a module begins. */
const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;
/** Flags of a memory's limits: none, or a maximum behind the minimum. Shared and 64-bit memories have others. */
const NO_MAXIMUM = 0;
const WITH_MAXIMUM = 1;

/**
 * A WebAssembly module whose one memory can't grow beyond `bytesMax`: what needs more than that traps. A lower maximum of
 * the module's own stays. Throws if the module has no such memory.
 */
export function withMemoryMax(module: Uint8Array, bytesMax: number): Uint8Array<ArrayBuffer> {
  const section = findSection(module, MEMORY_SECTION);
  const [count, flags] = [module[section.start], module[section.start + 1]];
  if (count !== 1 || (flags !== NO_MAXIMUM && flags !== WITH_MAXIMUM)) {
    throw new Error("the WebAssembly module has another memory than one of 32 bits, not shared");
  }
  const minimum = readNumber(module, section.start + 2);
  const own = flags === WITH_MAXIMUM ? readNumber(module, minimum.end).value : Number.POSITIVE_INFINITY;
  const maximum = Math.min(own, Math.floor(bytesMax / PAGE_BYTES));
  const body = [1, WITH_MAXIMUM, ...toNumberBytes(minimum.value), ...toNumberBytes(maximum)];
  const rewritten = Uint8Array.from([MEMORY_SECTION, ...toNumberBytes(body.length), ...body]);
  const result = new Uint8Array(module.length - (section.end - section.head) + rewritten.length);
  result.set(module.subarray(0, section.head));
  result.set(rewritten, section.head);
  result.set(module.subarray(section.end), section.head + rewritten.length);
  return result;
}

/** Where a section's head is, and [start, end) of its body. */
type Section = { readonly head: number; readonly start: number; readonly end: number };

function findSection(module: Uint8Array, id: number): Section {
  for (let head = HEADER_BYTES; head < module.length; ) {
    const { value: length, end: start } = readNumber(module, head + 1);
    if (module[head] === id) return { head, start, end: start + length };
    head = start + length;
  }
  throw new Error(`the WebAssembly module has no section ${id}`);
}

/** LEB128 without a sign: seven bits a byte, the lowest first; the eighth says that more come. */
function readNumber(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let end = start;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[end++] ?? 0;
    value += (byte % 128) * factor;
    if (byte < 128) return { value, end };
  }
}

function toNumberBytes(value: number): number[] {
  return value < 128 ? [value] : [128 + (value % 128), ...toNumberBytes(Math.floor(value / 128))];
}

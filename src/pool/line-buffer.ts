const BYTES_START = 1 << 20;
/** A buffer that one slice of huge rows has made larger is not kept for those that follow. */
const BYTES_KEPT_MAX = 32 << 20;

/** Bytes that one UTF-16 code unit can take in UTF-8. */
const UTF8_BYTES_MAX = 3;
const NEWLINE = 10;

/** What Node's Buffer also has: no options to look at on each call, and the rest of the buffer as room. */
type WritingBuffer = Buffer & { utf8Write(text: string, start: number): number };

/**
 * Lines of text gathered as UTF-8 bytes. Strings would be kept alive by the thousand until a slice ends, and grow the
 * thread's heap to a multiple of what is under way; the buffer is used again for the next slice.
 */
export type LineBuffer = {
  readonly lines: number;
  /** Bytes so far. */
  readonly bytes: number;
  /** Adds a line; `text` is without its line end. */
  add(text: string): void;
  /** The bytes so far, in a buffer of their own, and begins anew. */
  take(): Uint8Array<ArrayBuffer>;
};

export function createLineBuffer(): LineBuffer {
  let buffer = allocate(BYTES_START);
  let length = 0;
  let lines = 0;

  function reserve(bytes: number): void {
    if (length + bytes <= buffer.length) return;
    const larger = allocate(Math.max(2 * buffer.length, length + bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  }

  return {
    get lines() {
      return lines;
    },
    get bytes() {
      return length;
    },
    add(text) {
      // Room for the worst case: counting the bytes first takes three times as long as writing them.
      reserve(UTF8_BYTES_MAX * text.length + 1);
      length += buffer.utf8Write(text, length);
      buffer[length++] = NEWLINE;
      lines++;
    },
    take() {
      const bytes = new Uint8Array(length);
      bytes.set(buffer.subarray(0, length));
      length = 0;
      lines = 0;
      if (buffer.length > BYTES_KEPT_MAX) buffer = allocate(BYTES_START);
      return bytes;
    },
  };
}

function allocate(bytes: number): WritingBuffer {
  return Buffer.allocUnsafeSlow(bytes) as WritingBuffer;
}

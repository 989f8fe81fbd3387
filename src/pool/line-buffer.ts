const BYTES_START = 1 << 20;
/** A buffer that one slice of huge rows has made larger is not kept for those that follow. */
const BYTES_KEPT_MAX = 32 << 20;

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
  let buffer = Buffer.allocUnsafeSlow(BYTES_START);
  let length = 0;
  let lines = 0;

  function reserve(bytes: number): void {
    if (length + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * buffer.length, length + bytes));
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
      reserve(Buffer.byteLength(text) + 1);
      length += buffer.write(text, length);
      buffer[length++] = 10;
      lines++;
    },
    take() {
      const bytes = new Uint8Array(length);
      bytes.set(buffer.subarray(0, length));
      length = 0;
      lines = 0;
      if (buffer.length > BYTES_KEPT_MAX) buffer = Buffer.allocUnsafeSlow(BYTES_START);
      return bytes;
    },
  };
}

/** A body must bring so many bytes in each period, or it is taken for stuck: 4 kB/s, slower than any line worth waiting for. */
const BYTES_PER_MS_MIN = 4;

export type Pace = { add(bytes: number): void; stop(): void };

/**
 * Watches that a body flows: calls `onSlow` once a whole period has brought too little. A sender of one byte every now and
 * then resets each limit on silence, and a limit on the whole must be long enough for large ranges.
 */
export function startPace(periodMs: number, onSlow: () => void): Pace {
  let bytes = 0;
  const timer = setInterval(() => {
    if (bytes < periodMs * BYTES_PER_MS_MIN) onSlow();
    bytes = 0;
  }, periodMs);
  return {
    add(count) {
      bytes += count;
    },
    stop() {
      clearInterval(timer);
    },
  };
}

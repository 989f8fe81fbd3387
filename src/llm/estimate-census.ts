/** The rows a run would ask about, as numbers: eight bytes a row, whatever its text. */
export type Census = {
  /** Rows whose reply is in the cache already. */
  readonly cached: number;
  /** Tokens in of each row that must be asked, by the local count. */
  readonly tokensIn: Uint32Array;
  /** More than the tokens in that each of them can be billed. */
  readonly tokensInMax: Uint32Array;
};

/** Collects rows one after the other. */
export function createCensus(): {
  /** A row that must be asked. */
  add(row: { tokensIn: number; tokensInMax: number }): void;
  addCached(): void;
  toCensus(): Census;
} {
  let cached = 0;
  const counts = createColumn();
  const bounds = createColumn();
  return {
    add({ tokensIn, tokensInMax }) {
      if (tokensIn > tokensInMax)
        throw new RangeError(`${tokensIn} tokens counted, above their bound of ${tokensInMax}`);
      counts.push(tokensIn);
      bounds.push(tokensInMax);
    },
    addCached() {
      cached++;
    },
    toCensus: () => ({ cached, tokensIn: counts.toArray(), tokensInMax: bounds.toArray() }),
  };
}

/** A growing array of unsigned 32-bit integers. */
function createColumn(): { push(value: number): void; toArray(): Uint32Array } {
  let values = new Uint32Array(1024);
  let length = 0;
  return {
    push(value) {
      if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
        throw new RangeError(`${value} tokens in a row`);
      if (length === values.length) {
        const wider = new Uint32Array(length * 2);
        wider.set(values);
        values = wider;
      }
      values[length++] = value;
    },
    toArray: () => values.slice(0, length),
  };
}

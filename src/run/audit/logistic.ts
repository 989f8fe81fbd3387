/** Plans as sparse rows of marks: row i has the columns `columns[start[i]] … columns[start[i + 1] - 1]`. */
export type Design = {
  readonly start: Int32Array;
  readonly columns: Int32Array;
  /** Number of columns. */
  readonly width: number;
};

export type Labels = {
  /** 1 for hostile. */
  readonly hostile: Uint8Array;
  /** Rows of a cluster stand next to each other. */
  readonly clusters: Int32Array;
};

const EPOCHS = 10;
const STEP = 0.5;
/** What the sum of squared gradients begins with: a column that is seldom seen moves slowly. */
const SQUARES_AT_START = 1;
const DECAY = 1e-5;
/** Primes by which the order of clusters is turned in each epoch. */
const STRIDES = [7919, 104_729, 1_299_709, 15_485_863] as const;

/** Columns that a step moves, each once. */
type Touched = { readonly columns: Int32Array; readonly isIn: Uint8Array; count: number };

/**
 * Logistic regression by AdaGrad. Both sides weigh the same. A step is taken per cluster, over all its plans at once: what
 * twins share then cancels, and what tells them apart is all that is learned. The order of steps is fixed, so the same
 * design gives the same weights. The last weight is the bias.
 */
export function trainLogistic(design: Design, { hostile, clusters }: Labels, rows: Int32Array): Float64Array {
  const weights = new Float64Array(design.width + 1);
  const squares = new Float64Array(design.width + 1).fill(SQUARES_AT_START);
  const gradient = new Float64Array(design.width + 1);
  const touched: Touched = {
    columns: new Int32Array(design.width + 1),
    isIn: new Uint8Array(design.width + 1),
    count: 0,
  };
  const batches = toBatches(clusters, rows);
  const hostileRows = rows.reduce((sum, row) => sum + (hostile[row] as number), 0);
  const sideWeights = [rows.length / (2 * (rows.length - hostileRows)), rows.length / (2 * hostileRows)] as const;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const stride = toStride(epoch, batches.length);
    for (let i = 0; i < batches.length; i++) {
      touched.count = 0;
      for (const row of batches[(i * stride) % batches.length] as Int32Array) {
        const side = hostile[row] as 0 | 1;
        const error = sideWeights[side] * (1 / (1 + Math.exp(-toScore(design, weights, row))) - side);
        addGradient(design, row, error, gradient, touched);
      }
      for (let at = 0; at < touched.count; at++) {
        const column = touched.columns[at] as number;
        const slope = (gradient[column] as number) + DECAY * (weights[column] as number);
        gradient[column] = 0;
        touched.isIn[column] = 0;
        squares[column] = (squares[column] as number) + slope ** 2;
        weights[column] = (weights[column] as number) - (STEP * slope) / Math.sqrt(squares[column] as number);
      }
    }
  }
  return weights;
}

/** The log-odds that a row is hostile. */
export function toScore({ start, columns, width }: Design, weights: Float64Array, row: number): number {
  let score = weights[width] as number;
  for (let at = start[row] as number; at < (start[row + 1] as number); at++) {
    score += weights[columns[at] as number] as number;
  }
  return score;
}

function addGradient(
  { start, columns, width }: Design,
  row: number,
  error: number,
  gradient: Float64Array,
  touched: Touched,
): void {
  addTo(width, error, gradient, touched);
  for (let at = start[row] as number; at < (start[row + 1] as number); at++) {
    addTo(columns[at] as number, error, gradient, touched);
  }
}

function addTo(column: number, error: number, gradient: Float64Array, touched: Touched): void {
  gradient[column] = (gradient[column] as number) + error;
  if (touched.isIn[column] === 1) return;
  touched.isIn[column] = 1;
  touched.columns[touched.count++] = column;
}

function toBatches(clusters: Int32Array, rows: Int32Array): Int32Array[] {
  const batches: Int32Array[] = [];
  for (let from = 0; from < rows.length; ) {
    let to = from + 1;
    while (to < rows.length && clusters[rows[to] as number] === clusters[rows[from] as number]) to++;
    batches.push(rows.subarray(from, to));
    from = to;
  }
  return batches;
}

function toStride(epoch: number, count: number): number {
  const prime = STRIDES.find((stride, at) => at >= epoch % STRIDES.length && count % stride !== 0) ?? 1;
  return prime % count === 0 ? 1 : prime % count;
}

/** One dataset of the mix. */
export type MixDataset = {
  /** Its synthetic rows are test/synthetic/<id>.ts. */
  readonly id: string;
  /** The loaders that read it; the id alone unless said. */
  readonly loaders?: readonly string[];
  /** Rows of the dataset, and the samples that one loader makes of them; the other rows hold no call. */
  readonly rows: number;
  readonly samples: number;
};

/** The ancestor's mix: 338,212 samples of 12 datasets, one of them read by two loaders. */
export const MIX: readonly MixDataset[] = [
  { id: "jasper/ultrachat", rows: 50_000, samples: 50_000 },
  { id: "jasper/openhermes", rows: 50_000, samples: 50_000 },
  { id: "quartz/xlam", rows: 60_000, samples: 58_821 },
  { id: "quartz/toolbank", rows: 72_007, samples: 72_007 },
  { id: "jasper/helpful-instructions", rows: 50_000, samples: 50_000 },
  { id: "opal/turkish", rows: 21_760, samples: 20_455 },
  { id: "quartz/twinkle", rows: 10_000, samples: 10_000 },
  { id: "quartz/fiftyone", rows: 14_049, samples: 14_007 },
  { id: "jasper/gsm8k", rows: 7_473, samples: 7_473 },
  { id: "opal/toolscale", rows: 4_063, samples: 4_048 },
  { id: "opal/mmau", rows: 985, samples: 985 },
  { id: "jasper/agentharm", loaders: ["jasper/agentharm", "ruby/agentharm"], rows: 208, samples: 208 },
];

/** Samples of the whole mix. */
export const MIX_SAMPLES = MIX.reduce((sum, dataset) => sum + dataset.samples * loadersOf(dataset).length, 0);

export function loadersOf({ id, loaders = [id] }: MixDataset): readonly string[] {
  return loaders;
}

/** The datasets that these loaders read; all of them if none is named. Throws RangeError for one outside the mix. */
export function selectMix(loaders: readonly string[]): readonly MixDataset[] {
  const known = MIX.flatMap(loadersOf);
  const unknown = loaders.filter((loader) => !known.includes(loader));
  if (unknown.length > 0)
    throw new RangeError(`${unknown.join(", ")}: not in the mix. Its loaders: ${known.join(", ")}.`);
  if (loaders.length === 0) return MIX;
  return MIX.flatMap((dataset) => {
    const wanted = loadersOf(dataset).filter((loader) => loaders.includes(loader));
    return wanted.length > 0 ? [{ ...dataset, loaders: wanted }] : [];
  });
}

/** A dataset `scale` times as large, of one row at least; rows without a call stay in proportion. */
export function toScaled(dataset: MixDataset, scale: number): MixDataset {
  const rows = Math.max(1, Math.round(dataset.rows * scale));
  return { ...dataset, rows, samples: rows - countEmpty(dataset, rows) };
}

/** True for the rows that hold no call, spread evenly over the dataset. */
export function isEmptyRow(dataset: MixDataset, index: number): boolean {
  return countEmpty(dataset, index + 1) > countEmpty(dataset, index);
}

/** How many of the first `rows` hold no call. Exact at any scale: the products stay below 2^53. */
function countEmpty({ rows, samples }: MixDataset, first: number): number {
  return Math.floor((first * (rows - samples)) / rows);
}

import { type BoundaryCase, boundarySchema } from "../../schema/boundary.ts";
import { countKey, readCount } from "../../schema/mutation-counts.ts";
import type { Mutations } from "../../schema/mutation-manifest.ts";
import { type Mutation, type Pair, pairSchema, SPLITS } from "../../schema/pair.ts";
import type { Sample } from "../../schema/sample.ts";
import { createCounts } from "../../schema/tally.ts";
import { listDifferences } from "./account.ts";
import { describeDifference, describeForm, parseJsonBytes } from "./bytes.ts";
import type { Findings } from "./findings.ts";
import { listCaseProblems, toCaseSample } from "./mutation-case.ts";
import type { MutationFacts } from "./mutation-facts.ts";
import { listPairProblems, toPairSample } from "./mutation-pair.ts";
import { openReplayer, ReplayError, type Replayer } from "./mutation-replay.ts";
import type { CheckedLine, LineCheck } from "./part.ts";
import type { Reference } from "./reference.ts";

export type MutationCheckOptions = {
  readonly directory: string;
  /** The project's folder; undefined where its mutators are not at hand. */
  readonly root: string | undefined;
  readonly reference: Reference;
  readonly findings: Findings;
  readonly notes: string[];
};

/** Checks the records of a tier that is made from another; `finish` compares what they add up to. */
export type MutationCheck = { readonly check: LineCheck; finish(): void };

/**
 * The check of a Tier II or Tier III folder; undefined for another. Each record is checked by itself (hashes, operations
 * applied to its parent again, energies, rank, split), and then made again from its choices, checks and all: the line must
 * come out, byte for byte. Together they must have the shares that the settings ask for.
 */
export async function openMutationCheck(options: MutationCheckOptions): Promise<MutationCheck | undefined> {
  const { reference, findings, notes } = options;
  const { settings, mutations } = reference.account;
  if (settings.tier === "tier1") return undefined;
  if (!mutations) {
    findings.add({ file: "manifest.json", what: `it says nothing of the mutations of ${settings.tier}` });
    return undefined;
  }
  const facts = { settings, mutations };
  const replayer = await openReplayer(options, facts, findings, notes);
  const sums = createSums();
  return {
    check: (line) => checkLine(line, facts, replayer, sums),
    finish: () => compareSums(sums, facts, findings),
  };
}

/** What a record of either tier has in common with the other's. */
type MutatedRecord = {
  readonly id: string;
  readonly split: string;
  readonly sample: Sample;
  /** Those that were drawn. */
  readonly mutations: readonly Mutation[];
  readonly decoys: number;
  readonly counted: NonNullable<CheckedLine["counted"]>;
  readonly problems: readonly string[];
};

async function checkLine(
  line: Buffer,
  facts: MutationFacts,
  replayer: Replayer | undefined,
  sums: Sums,
): Promise<CheckedLine> {
  const reading = parseJsonBytes(line);
  if (!reading.ok) return { problems: [reading.problem] };
  const schema = facts.settings.tier === "tier2" ? pairSchema : boundarySchema;
  const parsed = schema.safeParse(reading.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      problems: [`not a record of ${facts.settings.tier}: ${issue?.path.join(".") || "the line"}: ${issue?.message}`],
    };
  }
  const record = parsed.data.schema === "pair/1" ? toPairRecord(parsed.data, facts) : toCaseRecord(parsed.data, facts);
  const form = describeForm(line, reading.value);
  const replayed = replayer && record.problems.length === 0 ? await whyOther(line, record, replayer) : undefined;
  const problems = [...(form ? [form] : []), ...record.problems, ...(replayed ? [replayed] : [])];
  return { problems, id: record.id, counted: record.counted, misplaced: sums.add(record) };
}

function toPairRecord(pair: Pair, facts: MutationFacts): MutatedRecord {
  return {
    id: pair.pair_id,
    split: pair.split,
    sample: toPairSample(pair),
    mutations: pair.negatives.map(({ mutation }) => mutation),
    decoys: pair.extra_positives.length,
    counted: pair.negatives.map(({ mutation, plan }) => ({ category: mutation.mutator, plan })),
    problems: listPairProblems(pair, facts),
  };
}

function toCaseRecord(record: BoundaryCase, facts: MutationFacts): MutatedRecord {
  return {
    id: record.case_id,
    split: record.split,
    sample: toCaseSample(record),
    mutations: [record.mutation],
    decoys: 0,
    counted: [{ category: record.mutation.mutator, plan: record.violation.plan }],
    problems: listCaseProblems(record, facts),
  };
}

async function whyOther(
  line: Buffer,
  { sample, mutations }: MutatedRecord,
  replayer: Replayer,
): Promise<string | undefined> {
  try {
    const difference = describeDifference(line, Buffer.from(await replayer(sample, mutations)));
    return difference && `made again it is another line: ${difference}`;
  } catch (error) {
    if (error instanceof ReplayError) return `it can't be made again: ${error.message}`;
    throw error;
  }
}

type Sums = ReturnType<typeof createSums>;

function createSums() {
  const counts = createCounts();
  const perParent = new Map<number, number>();
  let last = { row: "", records: 0 };
  const close = () => {
    if (last.records > 0) perParent.set(last.records, (perParent.get(last.records) ?? 0) + 1);
  };
  return {
    counts,
    /** Adds a record; says why it may not stand here. */
    add({ split, mutations, decoys, sample }: MutatedRecord): string | undefined {
      countKey(counts, ["split", split]);
      if (decoys > 0) countKey(counts, ["decoys"], decoys);
      for (const { mutator, operator } of mutations) countKey(counts, ["taken", `${mutator}/${operator}`]);
      if (sample.original_id !== last.row) {
        close();
        last = { row: sample.original_id, records: 0 };
      }
      last.records += mutations.length;
      return undefined;
    },
    toPerParent(): Record<string, number> {
      close();
      last = { row: "", records: 0 };
      return Object.fromEntries([...perParent].sort(([a], [b]) => a - b).map(([n, parents]) => [String(n), parents]));
    },
  };
}

function compareSums({ counts, toPerParent }: Sums, { settings, mutations }: MutationFacts, findings: Findings): void {
  const add = (what: string) => findings.add({ file: "parts", what });
  const taken = Object.fromEntries(
    Object.keys(mutations.lanes).map((lane) => [lane, readCount(counts, "taken", lane)]),
  );
  const stated = Object.fromEntries(Object.entries(mutations.lanes).map(([lane, own]) => [lane, own.taken]));
  for (const what of listDifferences(taken, stated, "the manifest says", "records by operator")) add(what);
  const splits = Object.fromEntries(SPLITS.map((split) => [split, readCount(counts, "split", split)]));
  for (const what of listDifferences(splits, mutations.splits, "the manifest says", "lines by split")) add(what);
  for (const what of listDifferences(toPerParent(), mutations.per_parent, "the manifest says", "parents by records"))
    add(what);
  if (readCount(counts, "decoys") !== mutations.decoys) {
    add(`there are ${readCount(counts, "decoys")} decoys; the manifest says ${mutations.decoys}`);
  }
  for (const what of listUnequal(taken, settings.ratio, mutations.shares)) add(what);
}

/** In what the shares are not those of the ratio, to the last record. */
function listUnequal(
  taken: Readonly<Record<string, number>>,
  ratio: Readonly<Record<string, number>>,
  shares: Mutations["shares"],
): string[] {
  const sums = Object.entries(shares).map(([mutator, stated]) => {
    const lanes = Object.entries(taken).filter(([lane]) => lane.startsWith(`${mutator}/`));
    return { mutator, stated, found: lanes.reduce((sum, [, count]) => sum + count, 0) };
  });
  const unit = Math.min(
    ...sums.map(({ mutator, found }) => (ratio[mutator] ? found / ratio[mutator] : Number.POSITIVE_INFINITY)),
  );
  return sums.flatMap(({ mutator, stated, found }) => {
    const expected = (ratio[mutator] ?? 0) * unit;
    if (found === expected && stated === expected) return [];
    return [`${mutator} has ${found} records and the manifest says ${stated}; by the ratio it must be ${expected}`];
  });
}

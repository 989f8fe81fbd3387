import type { SampleFacts, SliceResult } from "../pool/slice-task.ts";
import { CONVERSATION_BYTES } from "../pool/slice-task.ts";
import type { HeldSample } from "../schema/journal.ts";
import { parseOwnJson } from "../schema/json-text.ts";
import { toPlanIdentity } from "../schema/plan-identity.ts";
import type { Sample } from "../schema/sample.ts";
import {
  addCount,
  addDistributions,
  addTally,
  type Counts,
  countSample,
  createCounts,
  createDistributions,
  createTally,
  type Distributions,
  type Tally,
} from "../schema/tally.ts";

/** Tells which loader had a plan first, and remembers it as this loader's if none had. */
export type Deduper = {
  /** `identities` is a row of them, IDENTITY_BYTES each, `place` the one that is asked of. */
  firstOwner(identities: Uint8Array, place: number): string | undefined;
};

/** What of a slice's samples is written now, and how that changes its account. */
export type Winnowed = {
  readonly samples: Uint8Array;
  readonly sampleLines: number;
  readonly tally: Tally;
  readonly distributions: Distributions;
  readonly duplicates: Counts;
  readonly held: HeldSample | undefined;
};

/**
 * Leaves out repeats. Of neighbouring samples of one conversation the one with the most calls stays, the last of those;
 * since the next slice may go on the last one's conversation, that one is held back, and `held` is the one the slice before
 * held back. What stays is then asked of `deduper`. Runs in the order of the output, so it decides the same however the
 * slices were made. `atEnd`: no more of this loader comes, nothing is held back.
 */
export function winnow(
  result: SliceResult,
  held: HeldSample | undefined,
  deduper: Deduper | undefined,
  { atEnd }: { readonly atEnd: boolean },
): Winnowed {
  const hasConversations = held !== undefined || result.sampleFacts.conversations.length > 0;
  if (!hasConversations) return deduper ? leaveOutDuplicates(result, deduper) : toUntouched(result, createCounts());
  const samples = toCandidates(result, held);
  const { staying, repeated, last } = contest(samples, atEnd);
  const changes = createChanges(result);
  for (const candidate of repeated) changes.leaveOut(candidate, "repeated_prefix");
  const written: Candidate[] = [];
  for (const candidate of staying) {
    const owner = deduper?.firstOwner(...candidate.identity());
    if (owner === undefined) written.push(candidate);
    else changes.leaveOut(candidate, "duplicate", owner);
  }
  if (last) changes.holdBack(last);
  for (const candidate of written) if (candidate.wasHeld) changes.bringIn(candidate);
  const { tally, distributions, duplicates } = changes;
  return {
    samples: Buffer.concat(written.map((candidate) => candidate.bytes())),
    sampleLines: written.length,
    tally,
    distributions,
    duplicates,
    held: last && { line: last.text(), conversation: last.conversation, nodes: last.nodes },
  };
}

/** Most slices have no repeat at all: nothing is made of a sample but a look-up. */
function leaveOutDuplicates(result: SliceResult, deduper: Deduper): Winnowed {
  const { samples, sampleFacts } = result;
  const changes = createChanges(result);
  const kept: Uint8Array[] = [];
  let copied = 0;
  for (let i = 0; i < sampleFacts.nodes.length; i++) {
    const owner = deduper.firstOwner(sampleFacts.identities, i);
    if (owner === undefined) continue;
    const candidate = toCandidate(samples, sampleFacts, i);
    changes.leaveOut(candidate, "duplicate", owner);
    kept.push(samples.subarray(copied, candidate.start));
    copied = candidate.start + candidate.bytes().length;
  }
  const { tally, distributions, duplicates } = changes;
  if (kept.length === 0) return toUntouched(result, duplicates);
  const rest = Buffer.concat([...kept, samples.subarray(copied)]);
  return { samples: rest, sampleLines: tally.samples, tally, distributions, duplicates, held: undefined };
}

function toUntouched({ samples, tally, distributions }: SliceResult, duplicates: Counts): Winnowed {
  return { samples, sampleLines: tally.samples, tally, distributions, duplicates, held: undefined };
}

/** A sample on its way to the output. */
type Candidate = {
  readonly wasHeld: boolean;
  /** Where its line begins in the slice's samples. */
  readonly start: number;
  readonly conversation: string;
  readonly nodes: number;
  /** The line with its line end. */
  bytes(): Uint8Array;
  /** The line without it. */
  text(): string;
  /** A row of identities, and its place in it. */
  identity(): readonly [identities: Uint8Array, place: number];
};

function toCandidates({ samples, sampleFacts }: SliceResult, held: HeldSample | undefined): Candidate[] {
  const candidates = Array.from(sampleFacts.nodes, (_, i) => toCandidate(samples, sampleFacts, i));
  return held ? [toHeldCandidate(held), ...candidates] : candidates;
}

function toCandidate(samples: Uint8Array, facts: SampleFacts, i: number): Candidate {
  const { lineEnds, nodes, identities, conversations } = facts;
  const start = i === 0 ? 0 : (lineEnds[i - 1] as number);
  const end = lineEnds[i] as number;
  return {
    wasHeld: false,
    start,
    conversation: Buffer.from(conversations.subarray(CONVERSATION_BYTES * i, CONVERSATION_BYTES * (i + 1))).toString(
      "hex",
    ),
    nodes: nodes[i] as number,
    bytes: () => samples.subarray(start, end),
    text: () => Buffer.from(samples.subarray(start, end - 1)).toString("utf8"),
    identity: () => [identities, i],
  };
}

function toHeldCandidate({ line, conversation, nodes }: HeldSample): Candidate {
  return {
    wasHeld: true,
    start: 0,
    conversation,
    nodes,
    bytes: () => Buffer.from(`${line}\n`),
    text: () => line,
    identity: () => [Buffer.from(toPlanIdentity(toSample(line)), "hex"), 0],
  };
}

type Contest = { readonly staying: Candidate[]; readonly repeated: Candidate[]; readonly last: Candidate | undefined };

function contest(samples: readonly Candidate[], atEnd: boolean): Contest {
  const staying: Candidate[] = [];
  const repeated: Candidate[] = [];
  let last: Candidate | undefined;
  for (const sample of samples) {
    if (!last || sample.conversation !== last.conversation) {
      if (last) staying.push(last);
      last = sample;
    } else if (sample.nodes >= last.nodes) {
      repeated.push(last);
      last = sample;
    } else {
      repeated.push(sample);
    }
  }
  if (last && atEnd) staying.push(last);
  return { staying, repeated, last: atEnd ? undefined : last };
}

/** The account of a slice as samples go out of it, are kept back, or come in from the slice before. */
function createChanges(result: SliceResult) {
  const tally = createTally();
  const distributions = createDistributions();
  const duplicates = createCounts();
  addTally(tally, result.tally);
  addDistributions(distributions, result.distributions);

  function takeOut(candidate: Candidate): void {
    // One that was held back is not in the slice's account.
    if (candidate.wasHeld) return;
    tally.samples--;
    countSample(distributions, toSample(candidate.text()), -1);
  }

  return {
    tally,
    distributions,
    duplicates,
    leaveOut(candidate: Candidate, reason: string, owner?: string): void {
      takeOut(candidate);
      addCount(tally.dropped, reason);
      if (owner !== undefined) addCount(duplicates, owner);
    },
    holdBack: takeOut,
    bringIn(candidate: Candidate): void {
      tally.samples++;
      countSample(distributions, toSample(candidate.text()), 1);
    },
  };
}

/** Lines come from our own worker or journal, where they were checked. */
function toSample(line: string): Sample {
  return parseOwnJson(line) as unknown as Sample;
}

import type { LlmTransform } from "#contract";
import { type Census, createCensus } from "../llm/estimate-census.ts";
import { createProbeChoice, FirstByRank } from "../llm/estimate-choice.ts";
import type { CountedQuestion } from "../llm/estimate-sample.ts";
import { toRowRank } from "../llm/estimate-strata.ts";
import type { Quote } from "../llm/quote.ts";
import type { ModelQuestion, SlicePlace } from "../pool/slice-task.ts";
import { toRowId } from "./model-desk.ts";

/** Who quotes for a model: what a question would take, and how its texts count. */
export type Quoter = {
  readonly quote: (transform: LlmTransform, draft: ModelQuestion["draft"]) => Quote;
  readonly countTokens: (text: string) => number;
  /** Rows to choose for a probe; none unless said. */
  readonly probeRows?: number | undefined;
};

/** The rows that a model would be asked about, for each quoter, and where each stands in the order of the seed. */
export type Counted = {
  readonly census: Census;
  readonly ranks: Float64Array;
  /** Questions whose reply is in the cache: the first in the order of the seed, some hundreds at most. */
  readonly answered: readonly CountedQuestion[];
  /** The rows chosen for a probe, those among them whose reply is in the cache, too: the choice is the same without it. */
  readonly probe: readonly CountedQuestion[];
  /** The same without the rows of these questions: they have been asked in the meantime. */
  without(keys: ReadonlySet<string>): Counted;
};

/** Rows already answered that an estimate rests on at most. With so many, chance leaves it some 4 % either way. */
const ANSWERED_ROWS_MAX = 400;

/** Digits of a key that tell keys apart well enough to count them, and that a number holds. */
const KEY_DIGITS = 13;

/** A question chosen for a probe, and its row's place in the census; undefined where its reply is in the cache. */
type Chosen = { readonly question: CountedQuestion; readonly place: number | undefined };

/** Counts the questions that rows give, for one model. */
export type QuestionCounter = {
  add(asking: Asking, at: Pick<ModelQuestion, "row" | "place">, slicePlace: SlicePlace): void;
  toCounted(): Counted;
};

type Asking = Pick<CountedQuestion, "transform" | "draft" | "loader">;
type Ranked = Asking & Pick<CountedQuestion, "rank">;

/** A counter of nothing yet. A question that comes again is bought once, so it counts once. */
export function createQuestionCounter(quoter: Quoter, seed: number): QuestionCounter {
  const { probeRows = 0 } = quoter;
  const census = createCensus();
  const ranks: number[] = [];
  const known = new Set<number>();
  const answered = new FirstByRank<Ranked>(ANSWERED_ROWS_MAX);
  const choice = probeRows > 0 ? createProbeChoice<Chosen>(probeRows) : undefined;

  const isRepeated = (key: string): boolean => {
    const short = Number.parseInt(key.slice(0, KEY_DIGITS), 16);
    const was = known.has(short);
    known.add(short);
    return was;
  };

  return {
    add(asking, { row, place }, slicePlace) {
      const quoted = quoter.quote(asking.transform, asking.draft);
      const { cached, key } = quoted;
      const repeated = isRepeated(key);
      if (cached || repeated) census.addCached();
      if (repeated) return;
      const rank = toRowRank(seed, toRowId(slicePlace, row, place));
      if (cached) answered.add(rank, { ...asking, rank });
      // Tokens take long to count: of rows that are paid for only where a probe is chosen from all.
      if (cached && choice === undefined) return;
      const question = count(quoter, { ...asking, rank }, quoted);
      choice?.add({ question, place: cached ? undefined : ranks.length }, { tokensIn: question.tokensIn, rank });
      if (cached) return;
      census.add(question);
      ranks.push(rank);
    },
    toCounted() {
      const chosen = choice?.choose() ?? [];
      const questions = answered.rows.map((asking) => count(quoter, asking));
      return toCounted(chosen, { census: census.toCensus(), ranks: Float64Array.from(ranks), questions });
    },
  };
}

function count(
  { quote, countTokens }: Quoter,
  asking: Ranked,
  { key, texts, tokensInMax, maxTokens } = quote(asking.transform, asking.draft),
): CountedQuestion {
  const tokensIn = texts.reduce((sum, text) => sum + countTokens(text), 0);
  return { ...asking, key, tokensIn: Math.min(tokensIn, tokensInMax), tokensInMax, maxTokens };
}

type Rows = Pick<Counted, "census" | "ranks"> & { readonly questions: readonly CountedQuestion[] };

function toCounted(chosen: readonly Chosen[], { census, ranks, questions }: Rows): Counted {
  return {
    census,
    ranks,
    answered: questions,
    probe: chosen.map(({ question }) => question),
    without(keys) {
      const asked = chosen.filter(({ question }) => keys.has(question.key)).map(({ place }) => place);
      const gone = new Set(asked.filter((place) => place !== undefined));
      const isLeft = (_: number, place: number) => !gone.has(place);
      const left = {
        cached: census.cached + gone.size,
        tokensIn: census.tokensIn.filter(isLeft),
        tokensInMax: census.tokensInMax.filter(isLeft),
      };
      return toCounted([], { census: left, ranks: ranks.filter(isLeft), questions });
    },
  };
}

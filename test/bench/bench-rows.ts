import type { Random, Synthetic, SyntheticPlace, SyntheticRow } from "../support/synthetic.ts";
import { isEmptyRow, type MixDataset } from "./bench-mix.ts";
import { drawSize, makeProse, makeSentence } from "./bench-text.ts";

/** Rows a group: what `datasets` writes unless told otherwise. */
const ROW_GROUP_ROWS = 1_000;

type Enlarge = (row: SyntheticRow, random: Random, place: SyntheticPlace) => SyntheticRow;

type Realism = {
  /** The row, as large as a real one and unlike the others. */
  readonly enlarge?: Enlarge;
  /** The row without a call, if the mix has such rows. */
  readonly empty?: (row: SyntheticRow) => SyntheticRow;
};

/**
 * The synthetic dataset with rows of real size, no two alike, and as many without a call as the ancestor met. Oddities
 * stay as they are; what is added is prose (bench-text.ts). Sizes are those of the real files divided by their rows. Of
 * long conversations it is the answers that are long here: what the user says is copied into the sample, and samples are
 * to have the ancestor's 1.4 kB.
 */
export function toBenchSynthetic(dataset: MixDataset, synthetic: Synthetic): Synthetic {
  const { enlarge = keep, empty } = REALISM[dataset.id] ?? {};
  const { format } = synthetic;
  return {
    ...synthetic,
    format: format.kind === "parquet" ? { rowGroupRows: ROW_GROUP_ROWS, ...format } : format,
    row(random, place) {
      const row = enlarge(synthetic.row(random, place), random, place);
      if (!isEmptyRow(dataset, place.index)) return row;
      if (!empty) throw new TypeError(`${dataset.id}: nothing says how a row without a call looks`);
      return empty(row);
    },
  };
}

const keep: Enlarge = (row) => row;

const REALISM: Readonly<Record<string, Realism>> = {
  // 96,116,570 bytes in 60,000 rows: 1,602 each, most of them tool definitions, which nobody reads.
  "quartz/xlam": {
    enlarge: (row, random) => ({
      ...row,
      query: `${row.query} ${makeSentence(random)}`,
      tools: random.chance(0.6) ? withDefinitions(row.tools, random, 130) : row.tools,
    }),
    empty: (row) => ({ ...row, answers: "[]" }),
  },
  // 55,530,714 bytes in 162,792 rows: 341 each, compressed.
  "quartz/toolbank": {
    enlarge: (row, random) => ({
      ...row,
      refined_instruction: row.refined_instruction && `${row.refined_instruction} ${makeSentence(random)}`,
      explanation: row.explanation && `${row.explanation} ${makeSentence(random)}`,
    }),
  },
  // 1,936,276,651 bytes in 1,001,551 rows: 1,933 each.
  "jasper/openhermes": {
    enlarge: (row, random) => ({
      ...row,
      conversations: lengthen(row.conversations, random, { textKey: "value", speakerKey: "from", answer: 1_150 }),
    }),
  },
  // 3 files of 244 MB for 207,865 rows: 3,522 each, compressed; the prompt is the first message once more.
  "jasper/ultrachat": {
    enlarge(row, random) {
      const messages = lengthen(row.messages, random, { textKey: "content", speakerKey: "role", answer: 2_200 });
      return { ...row, messages, prompt: messages[0]?.content };
    },
  },
  // 12.6 MB for 82,612 rows of self-instruct: 153 each, compressed; the other half are an assistant's long answers.
  "jasper/helpful-instructions": {
    enlarge(row, random) {
      const mean = random.chance(0.5) ? 150 : 500;
      return {
        instruction: `${row.instruction} ${makeSentence(random)}`,
        demonstration: ` ${makeProse(random, drawSize(random, mean))}${row.demonstration}`,
      };
    },
  },
  // The set of 2,000 rows by the same author: 830 kB, 415 each, compressed.
  "opal/turkish": {
    enlarge: (row, random) => ({
      ...row,
      query: `${row.query} ${makeSentence(random)}`,
      tools: withDefinitions(row.tools, random, 500),
    }),
    empty: (row) => ({ ...row, answers: null }),
  },
  // 24,870,378 bytes in 10,000 rows: 2,487 each, compressed; the definitions stand in it twice.
  "quartz/twinkle": {
    enlarge(row, random) {
      const tools = withDefinitions(row.tools, random, 1_100);
      const thought = makeProse(random, drawSize(random, 900));
      const [system, user, assistant] = row.messages as { content: string; role: string }[];
      const said = `<think>${thought}</think>\n${assistant!.content}`;
      return {
        ...row,
        query: `${row.query} ${makeSentence(random)}`,
        tools,
        think: `${row.think}${thought}`,
        messages: [{ ...system, content: `${system!.content}\n${tools}` }, user, { ...assistant, content: said }],
      };
    },
  },
  // Definitions and answers of up to 1,530 characters.
  "quartz/fiftyone": {
    enlarge: (row, random) => ({
      ...row,
      query: `${row.query} ${makeSentence(random)}`,
      tools: withDefinitions(row.tools, random, 300),
    }),
    empty: (row) => ({ ...row, answers: null }),
  },
  // 2.3 MB for 7,473 rows: 303 each, compressed.
  "jasper/gsm8k": {
    enlarge: (row, random) => ({
      question: `${makeSentence(random)} ${row.question}`,
      answer: `${makeSentence(random)}\n${row.answer}`,
    }),
  },
  "opal/toolscale": { empty: (row) => ({ ...row, evaluation_criteria: { actions: [] } }) },
  // 3.25 MB for 985 rows: 3,299 each, half of them the tools that could be called.
  "opal/mmau": {
    enlarge: (row, random) => ({
      ...row,
      messages: lengthen(row.messages, random, { textKey: "content", speakerKey: "role", answer: 0 }),
      tools: [...(row.tools as object[]), ...makeDefinitions(random, 850)],
    }),
  },
};

type Conversation = { readonly textKey: string; readonly speakerKey: string; readonly answer: number };

/** Messages with a sentence of its own after each of the user's, and answers of `answer` characters on average. */
function lengthen(messages: unknown, random: Random, { textKey, speakerKey, answer }: Conversation) {
  return (messages as Record<string, unknown>[]).map((message) => {
    const text = message[textKey] as string;
    const speaker = message[speakerKey];
    if (speaker === "user" || speaker === "human") return { ...message, [textKey]: `${text} ${makeSentence(random)}` };
    if (speaker === "system" || answer === 0 || text === "") return message;
    return { ...message, [textKey]: `${text} ${makeProse(random, drawSize(random, answer))}` };
  });
}

/** The JSON text of a list of definitions, with about `chars` characters more of them. */
function withDefinitions(tools: unknown, random: Random, chars: number): string {
  const more = makeDefinitions(random, chars).map((definition) => JSON.stringify(definition));
  const text = String(tools).trim();
  return text === "[]" ? `[${more.join(", ")}]` : `${text.slice(0, -1)}, ${more.join(", ")}]`;
}

function makeDefinitions(random: Random, chars: number): object[] {
  const definitions: object[] = [];
  for (let left = drawSize(random, chars); left > 0; ) {
    const description = makeProse(random, 100);
    const properties = Object.fromEntries(
      Array.from({ length: random.int(0, 3) }, (_, i) => [
        `parameter_${i}`,
        { type: "string", description: makeSentence(random) },
      ]),
    );
    const parameters = { type: "object", properties };
    const definition = {
      type: "function",
      function: { name: `tool_${random.int(0, 9_999)}`, description, parameters },
    };
    definitions.push(definition);
    left -= JSON.stringify(definition).length;
  }
  return definitions;
}

import { createRandom, type Random } from "../support/synthetic.ts";

// Prose of no meaning with the statistics of prose, so that it compresses and escapes as real rows do: few words make up
// half of it, the others come from a vocabulary of two thousand, some sentences have quotes, some letters are not ASCII.

const FREQUENT =
  "the of and to a in is that it for was on are as with they be at one have this from or had by but some what there we can out other were which their time if will how said an each tell does set three want air well also play small end put home read hand port large spell add even land here must big high such follow act why ask men change went light kind off need house picture try us again animal point mother world near build self earth father".split(
    " ",
  );
const ONSETS = "b c d f g h l m n p r s t v w br ch cl dr fl gr pl pr sh sl st tr".split(" ");
const NUCLEI = "a e i o u ai ea ee ou".split(" ");
const CODAS = "n r s t l m d ck nd st ng rt x".split(" ");
const ENDINGS = ["", "", "", "ing", "ed", "er", "ly", "ment", "s"];

const WORDS = 2_000;
const SENTENCES = 16_384;
/** Share of sentences with a quotation, and with a letter beyond ASCII, of which one makes a string twice as wide. */
const QUOTED_SHARE = 0.05;
const WIDE_SHARE = 0.003;

const vocabulary = makeVocabulary(createRandom(4_711));
let pool: readonly string[] | undefined;

/** One sentence of 6 to 16 words, hardly ever the same twice. */
export function makeSentence(random: Random): string {
  const { int, chance } = random;
  const words = Array.from({ length: int(6, 16) }, () => makeWord(random));
  if (chance(QUOTED_SHARE)) words[1] = `"${words[1]}"`;
  if (chance(WIDE_SHARE)) words[2] = random.pick(["café", "“so”", "don’t", "—", "naïve", "✓"]);
  if (chance(0.1)) words.splice(3, 0, String(int(2, 2_000)));
  const text = words.join(" ");
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** Paragraphs of at least `charsMin` characters. Its sentences come from a pool too wide for a codec's window. */
export function makeProse(random: Random, charsMin: number): string {
  pool ??= makePool();
  let text = random.pick(pool);
  while (text.length < charsMin) text += (random.chance(0.2) ? "\n\n" : " ") + random.pick(pool);
  return text;
}

/** A size around `mean`, from a fifth of it to four times as much: most rows are short, a few are long. */
export function drawSize({ int }: Random, mean: number): number {
  const share = int(0, 1_000) / 1_000;
  // The mean of 0.2 + 3.8 x^3.75 over [0, 1] is 1.
  return Math.round(mean * (0.2 + 3.8 * share ** 3.75));
}

function makePool(): readonly string[] {
  const random = createRandom(1_147);
  return Array.from({ length: SENTENCES }, () => makeSentence(random));
}

function makeWord({ int, chance, pick }: Random): string {
  if (chance(0.5)) return pick(FREQUENT);
  // A square of an even draw: the first words of the vocabulary are the common ones, as in any language.
  return vocabulary[Math.floor((int(0, 65_535) / 65_536) ** 2 * WORDS)]!;
}

function makeVocabulary({ int, pick }: Random): readonly string[] {
  const words = new Set<string>();
  while (words.size < WORDS) {
    const syllables = Array.from({ length: int(1, 3) }, () => pick(ONSETS) + pick(NUCLEI)).join("");
    words.add(`${syllables}${pick(CODAS)}${pick(ENDINGS)}`);
  }
  return [...words];
}

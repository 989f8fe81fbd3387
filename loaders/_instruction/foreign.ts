import type { Match, Tool } from "./taxonomy.ts";
import type { RequestText } from "./text.ts";

/** Words of requests in other languages than English, with their accents folded away. */
const WORDS: Partial<Record<Tool, string>> = {
  translate_text:
    "traduce traduzca traducir traduz traduza traduzir traduis traduire traduisez ubersetze ubersetzen ubersetz traduci tradurre cevir cevirin переведи переведите przetlumacz vertaal",
  summarize_text:
    "resume resuma resumir resumen resumo resumer resumez riassumi riassumere zusammenfassen zusammenfassung fasse ozetle ozet резюмируй samenvatting podsumuj",
  correct_grammar:
    "corrige corrija corregir corrigir corriger corrigez korrigiere korrigieren correggi duzelt исправь исправьте",
  rewrite_text: "reescribe reescreva reescribir reformule reformuler umschreiben riscrivi перепиши",
  write_poem: "poema poeme gedicht poesia siir стих стихотворение wiersz",
  write_story: "cuento conto histoire geschichte hikaye oyku рассказ сказку opowiadanie racconto",
  write_letter: "carta lettre mektup письмо brief",
  write_email: "correo courriel e-posta",
  write_code: "codigo code kod funcion fonction funktion programm скрипт код",
  write_text:
    "escribe escriba escribir escreva escrever ecris ecrire ecrivez redige rediger redacta schreibe schreib schreiben scrivi scrivere yaz yazin напиши напишите napisz schrijf",
  list_items: "enumera enumere enumerez nenne aufzahlen elenca listele sirala перечисли перечислите wymien",
  compare_items:
    "compara comparez vergleiche vergleichen confronta karsilastir сравни сравните diferencia unterschied difference differenza",
  explain_reason: "porque pourquoi warum wieso weshalb perche neden nicin почему зачем dlaczego waarom",
  explain_concept:
    "explica explique explicar expliquer expliquez erklare erklaren spiega spiegare acikla aciklar объясни объясните wyjasnij leg",
  explain_procedure: "como cómo wie nasil как jak",
  answer_question:
    "quien quem cuando quando donde onde cual cuales qual que quel quelle quels quelles quand wer was wann wo welche welcher wieviel cosa chi dove quale quanti ne nedir kim nerede hangi kac что кто когда где какой какая какие сколько co kto kiedy gdzie wat wie",
};

/** The same in scripts that put no space between words. */
const PARTS: readonly (readonly [string, Tool])[] = [
  ["翻译", "translate_text"],
  ["翻譯", "translate_text"],
  ["翻訳", "translate_text"],
  ["번역", "translate_text"],
  ["总结", "summarize_text"],
  ["總結", "summarize_text"],
  ["摘要", "summarize_text"],
  ["要約", "summarize_text"],
  ["요약", "summarize_text"],
  ["代码", "write_code"],
  ["代碼", "write_code"],
  ["程序", "write_code"],
  ["诗", "write_poem"],
  ["詩", "write_poem"],
  ["故事", "write_story"],
  ["物語", "write_story"],
  ["比较", "compare_items"],
  ["比較", "compare_items"],
  ["列出", "list_items"],
  ["为什么", "explain_reason"],
  ["為什麼", "explain_reason"],
  ["なぜ", "explain_reason"],
  ["왜", "explain_reason"],
  ["如何", "explain_procedure"],
  ["怎么", "explain_procedure"],
  ["怎麼", "explain_procedure"],
  ["どうやって", "explain_procedure"],
  ["解释", "explain_concept"],
  ["解釋", "explain_concept"],
  ["説明", "explain_concept"],
  ["설명", "explain_concept"],
  ["什么是", "explain_concept"],
  ["什麼是", "explain_concept"],
  ["とは", "explain_concept"],
  ["写", "write_text"],
  ["寫", "write_text"],
  ["書いて", "write_text"],
  ["써줘", "write_text"],
  ["اكتب", "write_text"],
  ["ترجم", "translate_text"],
  ["لخص", "summarize_text"],
  ["اشرح", "explain_concept"],
  ["لماذا", "explain_reason"],
  ["كيف", "explain_procedure"],
  ["ما هو", "explain_concept"],
];

const ACCENTS = /\p{M}/gu;
const UNSPACED = /[\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
const CLAUSE_WORDS_MAX = 12;

const ORDER = Object.keys(WORDS) as Tool[];
const TOOL_OF = new Map<string, Tool>(
  ORDER.toReversed().flatMap((tool) => WORDS[tool]!.split(" ").map((word): [string, Tool] => [word, tool])),
);

/**
 * What a request in another language asks for, by cheap cues: verbs and question words of the larger European languages
 * and Turkish, marks of Chinese, Japanese, Korean and Arabic requests. Of several cues the one listed first decides.
 */
export function toForeignMatch({ text, opening, closing }: RequestText): Match | undefined {
  if (UNSPACED.test(text)) {
    const part = PARTS.find(([cue]) => text.includes(cue));
    if (part) return { tool: part[1], rule: "foreign.part" };
  }
  let best: Tool | undefined;
  for (const { words } of [...opening, ...closing]) {
    for (const word of words.slice(0, CLAUSE_WORDS_MAX)) {
      const tool = TOOL_OF.get(foldAccents(word.text));
      if (tool && (!best || ORDER.indexOf(tool) < ORDER.indexOf(best))) best = tool;
    }
    if (best) return { tool: best, rule: "foreign.word" };
  }
  return /[？؟¿]/.test(text) ? { tool: "answer_question", rule: "foreign.mark" } : undefined;
}

function foldAccents(word: string): string {
  // Cyrillic й and ё are letters of their own, which decomposing would take apart: the lexicon has them composed.
  if (/^[\x00-\x7f]*$/.test(word)) return word;
  return /^[\u0400-\u04ff]+$/.test(word) ? word : word.normalize("NFD").replace(ACCENTS, "").replaceAll("ı", "i");
}

import type { ChosenFiles } from "./choose-files.ts";
import { toDraftText } from "./draft-text.ts";
import type { Proposal } from "./propose.ts";
import { toRowLines } from "./row-text.ts";
import type { Shape } from "./shape.ts";
import { LINE_COLUMNS } from "./zod-text.ts";

/** All that a drafted loader says. */
export type LoaderFacts = {
  readonly dataset: string;
  readonly revision: string;
  readonly chosen: ChosenFiles;
  readonly field: string | undefined;
  readonly license: { readonly name: string; readonly from: "option" | "card" } | undefined;
  readonly category: string | undefined;
  readonly row: Shape;
  readonly rowsSeen: number;
  readonly isPadded: boolean;
  readonly proposal: Proposal;
};

/** A loader file's text, in the project's style. */
export function toLoaderText(facts: LoaderFacts): string {
  const { dataset, revision, chosen, field, row, rowsSeen, proposal, isPadded } = facts;
  const draft = toDraftText(proposal, isPadded);
  const lines = [
    'import { z } from "zod";',
    `import { ${sortImports(["defineLoader", "drop", ...draft.contractImports]).join(", ")} } from "#contract";`,
    ...(draft.callsImports.length > 0 ? [`import { ${draft.callsImports.join(", ")} } from "../_calls.ts";`] : []),
    "",
    ...(draft.constants.length > 0 ? [...draft.constants, ""] : []),
    "/**",
    ` * ${dataset}: say in a line what its rows are.`,
    " *",
    ` * A first version, drafted from ${rowsSeen} ${rowsSeen === 1 ? "row" : "rows"} at commit ${revision.slice(0, 12)}: check what its comments name. A later row may
 * hold null where these had none, and then goes to quarantine.`,
    " */",
    "export default defineLoader({",
    `  dataset: ${JSON.stringify(dataset)},`,
    ...toNames("configs", chosen.configs),
    ...toNames("splits", chosen.splits),
    ...toNotes(chosen.unread),
    ...toFiles(chosen.files),
    ...(field === undefined ? [] : [`  field: ${JSON.stringify(field)},`]),
    toLicense(facts.license),
    `  category: ${JSON.stringify(facts.category ?? toCategory(proposal))},`,
    ...toRowLines(row, draft.used, draft.special).map((line) => `  ${line}`),
    "",
    `  toDraft(${draft.parameter}) {`,
    ...draft.body.map((line) => `    ${line}`),
    "  },",
    "});",
  ];
  return `${lines.join("\n")}\n`;
}

function toNames(key: string, names: readonly string[] | undefined): string[] {
  return names === undefined ? [] : toList(key, names);
}

function toFiles(files: string | readonly string[]): string[] {
  return typeof files === "string" ? [`  files: ${JSON.stringify(files)},`] : toList("files", files);
}

function toList(key: string, texts: readonly string[]): string[] {
  const quoted = texts.map((text) => JSON.stringify(text));
  const inline = `  ${key}: [${quoted.join(", ")}],`;
  if (inline.length <= LINE_COLUMNS) return [inline];
  return [`  ${key}: [`, ...quoted.map((text) => `    ${text},`), "  ],"];
}

function toNotes(unread: readonly string[]): string[] {
  if (unread.length === 0) return [];
  // Whatever ends a line would end the comment, and the rest of the path would be run.
  return ["  // Not read:", ...unread.map((pattern) => `  //   ${pattern.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?")}`)];
}

function toLicense(license: LoaderFacts["license"]): string {
  if (license === undefined) return '  license: "unknown", // Check: put what the dataset\'s card says.';
  const check = license.from === "card" ? " // as its card says" : "";
  return `  license: ${JSON.stringify(license.name)},${check}`;
}

function toCategory(proposal: Proposal): string {
  return proposal.kind === "question" || proposal.kind === "unmapped" ? "question_answering" : "function_calling";
}

/** As the formatter sorts them: by letter, a capital before the small one, whatever is a type and what is not. */
function sortImports(names: readonly string[]): string[] {
  const toRank = (text: string) =>
    text.replace(/^type /, "").replace(/./g, (letter) => letter.toLowerCase() + (/[A-Z]/.test(letter) ? "0" : "1"));
  return [...names].sort((a, b) => (toRank(a) < toRank(b) ? -1 : 1));
}

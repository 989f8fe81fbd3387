import { type AuditReport, type GateEntry, type NamedEvidence, PLANS_MAX } from "../run/audit/audit-folder.ts";
import type { JudgedAuc, Verdict } from "../run/audit/judge.ts";
import { FIGURES } from "../run/audit/measure.ts";
import { TOKEN_LIFT_MAX, TOKEN_SHARE_MAX } from "../run/audit/token-lift.ts";
import { formatCount, formatTable } from "./format.ts";

const MARKS: Readonly<Record<Verdict, string>> = { pass: "", fail: " FAIL", undecided: " ?" };
const OPPONENT_TEXTS = {
  twins: "twins",
  permitted: "parents and decoys",
  parents: "parents alone",
} as const;

/** The report for a person: the gate, what gave a failing figure away, and what is for information. */
export function toAuditText(report: AuditReport): string {
  const { gate, information, records, plans_max } = report;
  const drawn = `${formatCount(records)} records, at most ${formatCount(plans_max)} hostile plans of a kind drawn`;
  return [
    `${drawn}\n`,
    "\nHostile plans against their twins: area under the ROC curve, 0.5 is chance (95 % interval)\n",
    toGateTable(gate),
    ...gate.map(toFailures),
    information.length > 0 ? "\nFor information\n" : "",
    toInformationTable(information),
    `\n${toVerdictText(report)}\n`,
  ].join("");
}

function toGateTable(gate: readonly GateEntry[]): string {
  const limits = FIGURES.map((figure) => `${figure} <= ${gate[0]?.figures[figure].auc_max}`);
  const rows = gate.map(({ subject, hostile, permitted, figures, tokens, oracle }) => [
    subject,
    formatCount(hostile),
    formatCount(permitted),
    ...FIGURES.map((figure) => `${toAucText(figures[figure])}${MARKS[figures[figure].verdict]}`),
    `${tokens.count} tokens${MARKS[tokens.verdict]}`,
    `oracle ${oracle.auc}${MARKS[oracle.verdict]}`,
  ]);
  return formatTable([["", "hostile", "permitted", ...limits, "lifted", ""], ...rows]);
}

function toAucText({ auc, low, high }: Partial<JudgedAuc>): string {
  return auc === undefined || low === undefined || high === undefined
    ? "none"
    : `${auc.toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`;
}

/** What told the sides apart, for each figure that failed. */
function toFailures({ subject, figures, tokens, oracle }: GateEntry): string {
  let text = "";
  for (const figure of FIGURES) {
    const { verdict, evidence } = figures[figure];
    if (verdict === "fail") text += `\n${subject}, ${figure}: told apart by\n${toEvidenceTable(evidence)}`;
  }
  if (tokens.verdict === "fail") {
    const rule = `in more than ${TOKEN_SHARE_MAX * 100} % of hostile plans, over ${TOKEN_LIFT_MAX} times as often as in permitted ones`;
    text += `\n${subject}, ${formatCount(tokens.count)} tokens ${rule}:\n${toEvidenceTable(tokens.listed)}`;
  }
  if (oracle.verdict === "fail") {
    text += `\n${subject}: energies or policy don't separate the sides: what they say against the least hostile plan, less what they say against the worst permitted one, is ${oracle.margin}\n`;
  }
  return text;
}

function toEvidenceTable(evidence: readonly NamedEvidence[]): string {
  const rows = evidence.map(({ name, hostile, permitted }) => [
    `  ${name}`,
    toShareText(hostile),
    toShareText(permitted),
  ]);
  return formatTable([["", "hostile", "permitted"], ...rows]);
}

/** Means of counts are above 1 as a rule; shares never. */
function toShareText(share: number): string {
  return share > 1 ? share.toFixed(1) : `${(share * 100).toFixed(1)} %`;
}

function toInformationTable(information: AuditReport["information"]): string {
  if (information.length === 0) return "";
  const rows = information.map(({ subject, against, hostile, permitted, figures }) => [
    subject,
    `against ${OPPONENT_TEXTS[against]}`,
    formatCount(hostile),
    formatCount(permitted),
    ...FIGURES.map((figure) => toAucText(figures[figure] ?? {})),
  ]);
  return formatTable([["", "", "hostile", "permitted", ...FIGURES], ...rows]);
}

function toVerdictText({ verdict, gate, energies_that_differ }: AuditReport): string {
  if (energies_that_differ > 0) {
    return `failed: ${formatCount(energies_that_differ)} plans say another energy than is computed. Make the folder again, with the lexicon of this version.`;
  }
  const named = gate.filter((entry) => entry.verdict === verdict).map(({ subject }) => subject);
  if (verdict === "fail")
    return `failed: ${named.join(", ")}. A model could learn what is named above in place of the attack.`;
  if (verdict === "pass") return "passed: no classifier tells the sides apart by more than is allowed";
  return `too small to judge: ${named.join(", ")}. Nothing failed, but a \`?\` says that too few plans were there. The limits are meant for ${formatCount(PLANS_MAX)} of each kind.`;
}

import type { NaiveEnd } from "./naive-gate.ts";
import type { Played } from "./play.ts";

export type TortureRow = {
  readonly name: string;
  readonly scenarios: number;
  readonly kills: number;
  readonly charges: number;
  readonly holds: number;
  /** Requests whose process ended, or whose outcome was lost: charged in full. */
  readonly lost: number;
  readonly answered: number;
  readonly unaffordable: number;
  /** Means over the scenarios, in shares of the cap. */
  readonly billed: number;
  readonly ledger: number;
  readonly violations: number;
};

export type TortureTable = {
  readonly classes: readonly TortureRow[];
  readonly totals: TortureRow;
  readonly violations: readonly { readonly scenario: string; readonly violation: string }[];
};

/** Sums by where the client lived, and how it asked. */
export function toTable(played: readonly Played[]): TortureTable {
  const names = new Map<string, Played[]>();
  for (const one of played) {
    const { home, mode, dialect } = one.scenario;
    const name = `${home === "here" ? "dying disk" : "kill -9"}, ${mode}, ${dialect}`;
    names.set(name, [...(names.get(name) ?? []), one]);
  }
  return {
    classes: [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, ones]) => toRow(name, ones)),
    totals: toRow("all", played),
    violations: played.flatMap(({ scenario, violation }) =>
      violation === undefined ? [] : [{ scenario: scenario.name, violation }],
    ),
  };
}

function toRow(name: string, played: readonly Played[]): TortureRow {
  const sum = (value: (one: Played) => number | undefined) => played.reduce((all, one) => all + (value(one) ?? 0), 0);
  const share = (value: (one: Played) => number | undefined) =>
    Number((sum((one) => (value(one) ?? 0) / one.scenario.capNusd) / Math.max(1, played.length)).toFixed(4));
  return {
    name,
    scenarios: played.length,
    kills: sum(({ kills }) => kills),
    charges: sum(({ charges }) => charges),
    holds: sum(({ holds }) => holds),
    lost: sum(({ orphans = 0, unknown = 0 }) => orphans + unknown),
    answered: sum(({ answered }) => answered),
    unaffordable: sum(({ unaffordable }) => unaffordable),
    billed: share(({ billedNusd }) => billedNusd),
    ledger: share(({ ledgerNusd }) => ledgerNusd),
    violations: played.filter(({ violation }) => violation !== undefined).length,
  };
}

export function toText({
  classes,
  totals,
  violations,
  naive,
}: TortureTable & { readonly naive: readonly NaiveEnd[] }): string {
  const columns = ["scenarios", "kills", "charges", "holds", "lost", "answered", "unaffordable"] as const;
  const width = Math.max(...classes.map(({ name }) => name.length));
  const toPercent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const line = (name: string, cells: readonly (string | number)[]) =>
    `${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(13)).join("")}`;
  const toLine = (row: TortureRow) =>
    line(row.name, [
      ...columns.map((column) => row[column]),
      toPercent(row.billed),
      toPercent(row.ledger),
      row.violations,
    ]);
  return [
    line("", [...columns, "billed/cap", "ledger/cap", "violations"]),
    ...classes.map(toLine),
    toLine(totals),
    ...naive.map(
      ({ atOnce, billedNusd, capNusd, believedNusd }) =>
        `naive gate, ${atOnce} at once: billed ${toPercent(billedNusd / capNusd)} of its cap, believes ${toPercent(believedNusd / capNusd)}`,
    ),
    ...violations.map(({ scenario, violation }) => `VIOLATION in ${scenario}: ${violation}`),
  ].join("\n");
}

import type { BudgetStop } from "#contract";

/** What the process says of its end. Scripts rely on these; README lists them from here. */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  needsApproval: 3,
  overCap: 4,
  someFailed: 5,
  damaged: 6,
  interrupted: 130,
} as const;

/** How a run ends that may spend no more. */
export const BUDGET_EXITS: Readonly<Record<BudgetStop, number>> = {
  not_approved: EXIT.needsApproval,
  cap_reached: EXIT.overCap,
  hold_exceeded: EXIT.someFailed,
};

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "done",
  bug: "a bug, or the machine failed (disk full, no permission)",
  usage: "wrong options or a definition to mend; nothing was run",
  needsApproval: "needs approval to spend",
  overCap: "the estimate is over the cap",
  someFailed: "finished, but some loader failed (the others are complete), or an audit did not pass",
  damaged: "data or ledger damaged; nothing was touched",
  interrupted: "interrupted; the same command goes on",
};

import type { LoaderState } from "./run-state.ts";

/**
 * Different tool names of one loader. The manifest counts the nodes of each, and the run holds them all: ten million names,
 * a megabyte of parquet, would be more than it has memory for. Datasets of tools have thousands.
 */
export const TOOL_NAMES_MAX = 250_000;

/** Why a loader has failed by the names of its tools, or undefined if it has not. */
export function judgeNames(id: string, { distributions }: Pick<LoaderState, "distributions">): string | undefined {
  const names = Object.keys(distributions.tools).length;
  if (names <= TOOL_NAMES_MAX) return undefined;
  return (
    `[${id}] its samples have ${names} different tool names by now; at most ${TOOL_NAMES_MAX} can be counted. ` +
    "The dataset, or the loader, takes something else for a tool's name: mend the loader, or leave it out."
  );
}

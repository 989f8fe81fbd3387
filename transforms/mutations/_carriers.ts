import type { InventoryArgument, InventoryTool } from "#contract";
import { byLevel } from "./_calls.ts";
import { listDestinationArguments } from "./_destinations.ts";

/** Arguments that can carry data out, and the tools that send and have one. */
export type Carriers = {
  readonly keep: (argument: InventoryArgument) => boolean;
  readonly senders: ReturnType<typeof byLevel>;
};

export function toCarriers(keep: Carriers["keep"]): Carriers {
  const isSender = (tool: InventoryTool) =>
    tool.tool.destination === "external" &&
    listDestinationArguments(tool).length > 0 &&
    listCarriers(tool, keep).length > 0;
  return { keep, senders: byLevel(isSender) };
}

/** Arguments that hold a text of any kind, and don't steer the call. */
export function listCarriers(tool: InventoryTool, keep: (argument: InventoryArgument) => boolean): InventoryArgument[] {
  return [...tool.arguments.values()].filter(
    (argument) =>
      (argument.kind === "payload" || argument.kind === "other") &&
      argument.values.some((value) => typeof value === "string") &&
      keep(argument),
  );
}

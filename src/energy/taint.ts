import { type Call, type Input, isControl } from "./data-flow.ts";
import { PRIVILEGED, SENSITIVE } from "./weights.ts";

/** An argument that steers a privileged call and holds what strangers wrote. Calls are given by index. */
export type TaintedControl = { readonly from: number; readonly to: number; readonly input: Input };

/** A call that leads out, and the sensitive call whose output reaches it. Calls are given by index. */
export type Leak = { readonly from: number; readonly to: number; readonly argument: string };

/** True for a call whose output somebody would mind to see elsewhere: it reads what is personal or more delicate. */
export function isSensitiveSource({ tool, sensitivity }: Call): boolean {
  return sensitivity >= SENSITIVE && (tool.action === "read" || tool.action === "load" || tool.action === "unknown");
}

/** True for a call that hands data on to outside, granted or not. */
export function isEgress({ tool }: Call): boolean {
  return tool.destination === "external";
}

/** The control arguments of calls of privilege 3 or more that hold outside content, each argument once. */
export function listTaintedControls(calls: readonly Call[]): TaintedControl[] {
  const found: TaintedControl[] = [];
  for (let to = 0; to < calls.length; to++) {
    const call = calls[to] as Call;
    if (call.inputs.length === 0 || call.tool.privilege < PRIVILEGED) continue;
    const seen = new Set<string>();
    for (const input of call.inputs) {
      if (!(calls[input.from] as Call).tainted || seen.has(input.argument) || !isControl(call, input)) continue;
      seen.add(input.argument);
      found.push({ from: input.from, to, input });
    }
  }
  return found;
}

/** The ways along references from a sensitive source to a call that leads out; `argument` is the one it goes in by. */
export function listLeaks(calls: readonly Call[]): Leak[] {
  const leaks: Leak[] = [];
  for (let to = 0; to < calls.length; to++) {
    const sink = calls[to] as Call;
    if (!isEgress(sink)) continue;
    for (const { argument, from } of sink.inputs) {
      for (const source of listUpstream(calls, from)) {
        if (isSensitiveSource(calls[source] as Call)) leaks.push({ from: source, to, argument });
      }
    }
  }
  return leaks;
}

/** A call and all that it is made from, along references, by index in ascending order. */
export function listUpstream(calls: readonly Call[], start: number): number[] {
  const seen = new Set<number>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const { from } of calls[at]?.inputs ?? []) open.push(from);
  }
  return [...seen].sort((a, b) => a - b);
}

import { z } from "zod";
import { type DraftEdge, type DraftNode, defineLoader, drop, isJsonObject, NODES_MAX } from "#contract";
import { parseTwice } from "../_values.ts";

const span = z.object({
  name: z.string(),
  span_kind: z.string(),
  parent_id: z.string().nullable(),
  start_time: z.string(),
  // One name each: OpenTelemetry's attributes are flattened with dots.
  "context.span_id": z.string(),
  "attributes.input.value": z.string().nullable(),
  "attributes.output.value": z.string().nullable(),
});
type Span = z.output<typeof span>;

/**
 * Nemotron-AIQ Agentic Safety: traces of a research assistant under attack, and 200 runs per split that nobody attacked.
 *
 * Only those become plans: `attack_category` is null for them. They are all in the safety files; the security files hold
 * attacks alone and are not read. A node is a step of the workflow (a CHAIN span), in the order of their starts; what its
 * language model was asked (LLM spans) is not. A step depends on the step that it runs in.
 */
export default defineLoader({
  dataset: "nvidia/Nemotron-AIQ-Agentic-Safety-Dataset-1.0",
  configs: ["safety"],
  splits: ["all"], // as the Hub's libraries call with_defense and without_defense together
  files: "data/{config}_data/*/data-*.parquet",
  rowsKnown: 5_600,
  license: "NVIDIA Evaluation Dataset License",
  disabled: "its licence forbids training: NVIDIA allows internal evaluation only",
  evaluationSet: true,
  category: "agentic_safety_benign",
  language: "en",
  row: z.object({
    trace_id: z.string(),
    attack_snapshot: z.object({
      attack: z.object({ injection_string: z.string().nullable(), attack_category: z.string().nullable() }),
    }),
    trace: z.array(span),
  }),

  toDraft({ trace_id, attack_snapshot: { attack }, trace }, { file }) {
    if (attack.attack_category !== null) return drop("adversarial");
    const steps = trace.filter(({ span_kind }) => span_kind === "CHAIN").sort(byStart);
    if (steps.length === 0) return drop("no_tool_calls");
    return {
      request: attack.injection_string || undefined, // the topic that the run was given
      nodes: steps.map(toNode),
      // Longer plans are left out: a hostile trace has spans without end, each below the other.
      edges: steps.length > NODES_MAX ? "none" : listEdges(steps, trace),
      extra: { trace_id, split: file.split("/").at(-2) ?? "" },
    };
  },
});

function byStart(a: Span, b: Span): number {
  const [first, second] = [toStart(a), toStart(b)];
  return first < second ? -1 : Number(first > second);
}

/** Same zone within a trace, but fewer digits where a fraction ends in zeros: text order is right without the zone. */
function toStart({ start_time }: Span): string {
  return start_time.replace(/(?:Z|[+-]\d\d:?\d\d)$/, "");
}

function toNode(step: Span): DraftNode {
  const input = parseText(step["attributes.input.value"]);
  const args = isJsonObject(input) ? input : input === undefined ? {} : { input };
  const result = parseText(step["attributes.output.value"]);
  return { tool: step.name, arguments: args, ...(result !== undefined && { result }) };
}

function parseText(text: string | null) {
  return text === null || text === "" ? undefined : (parseTwice(text) ?? text);
}

/** From the nearest step above: a span between two steps may be of another kind. */
function listEdges(steps: readonly Span[], trace: readonly Span[]): DraftEdge[] {
  const spans = new Map(trace.map((one) => [one["context.span_id"], one]));
  return steps.flatMap((step, to): DraftEdge[] => {
    const seen = new Set([step]);
    let above = spans.get(step.parent_id ?? "");
    while (above && above.span_kind !== "CHAIN" && !seen.has(above)) {
      seen.add(above);
      above = spans.get(above.parent_id ?? "");
    }
    const from = above ? steps.indexOf(above) : -1;
    return from === -1 ? [] : [[from, to]];
  });
}

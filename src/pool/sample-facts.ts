import { hash } from "node:crypto";
import type { MadeSample } from "./assemble-sample.ts";
import { CONVERSATION_BYTES, type SampleFacts } from "./slice-task.ts";

/** Gathers what the main thread must know of each sample of a slice. */
export function createFacts() {
  const lineEnds: number[] = [];
  const nodes: number[] = [];
  const identities: string[] = [];
  const conversations: string[] = [];
  return {
    add(sample: MadeSample, lineEnd: number, identify: boolean, conversation: string | undefined): void {
      lineEnds.push(lineEnd);
      nodes.push(sample.nodes.length);
      if (identify) identities.push(sample.identity());
      if (conversation !== undefined) {
        conversations.push(hash("sha256", conversation, "hex").slice(0, 2 * CONVERSATION_BYTES));
      }
    },
    take: (): SampleFacts => ({
      lineEnds: Uint32Array.from(lineEnds),
      nodes: Uint8Array.from(nodes),
      identities: toBytes(identities),
      conversations: toBytes(conversations),
    }),
  };
}

function toBytes(hex: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.join(""), "hex"));
}

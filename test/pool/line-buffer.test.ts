import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineBuffer } from "../../src/pool/line-buffer.ts";

describe("a line buffer", () => {
  it("gives the lines as UTF-8, and their number and length on the way", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (lines) => {
        const buffer = createLineBuffer();
        for (const line of lines) buffer.add(line);
        const expected = Buffer.from(lines.map((line) => `${line}\n`).join(""), "utf8");
        expect([buffer.lines, buffer.bytes]).toEqual([lines.length, expected.length]);
        expect(Buffer.from(buffer.take())).toEqual(expected);
        expect([buffer.lines, buffer.bytes]).toEqual([0, 0]);
      }),
      { seed: 5 },
    );
  });

  it("grows by characters of three bytes at its very end", () => {
    const buffer = createLineBuffer();
    const first = "a".repeat(2 ** 20 - 5);
    const second = "€".repeat(700_000);
    buffer.add(first);
    buffer.add(second);
    expect(buffer.bytes).toBe(2 ** 20 - 5 + 1 + 2_100_000 + 1);
    expect(Buffer.from(buffer.take()).toString("utf8")).toBe(`${first}\n${second}\n`);
  });

  it("gives bytes that the lines of the next slice leave alone", () => {
    const buffer = createLineBuffer();
    buffer.add("one");
    const taken = buffer.take();
    buffer.add("two, and longer");
    expect(Buffer.from(taken).toString("utf8")).toBe("one\n");
    expect(Buffer.from(buffer.take()).toString("utf8")).toBe("two, and longer\n");
  });
});

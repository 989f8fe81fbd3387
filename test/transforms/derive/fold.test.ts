import fc from "fast-check";
import { expect, test } from "vitest";
import { foldText } from "../../../transforms/derive/_fold.ts";
import { Request } from "../../../transforms/derive/_request.ts";

/** What foldText says it does, for the whole text at once. */
function foldAsDescribed(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]+/g, "")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[\u2018\u2019\u201b]/g, "'")
    .replaceAll("\u2044", "/")
    .replaceAll("ı", "i")
    .normalize("NFC")
    .replace(/\s+/g, " ")
    .trim();
}

const PLANES = [
  [0x09, 0x7e],
  [0x80, 0x24f],
  [0x300, 0x36f],
  [0x370, 0x52f],
  [0x1100, 0x11ff],
  [0x2000, 0x206f],
  [0x3000, 0x30ff],
  [0x4e00, 0x4fff],
  [0xac00, 0xacff],
  [0xff00, 0xffef],
  [0x00, 0xffff],
] as const;

const character = fc.oneof(
  ...PLANES.map(([first, last]) => fc.integer({ min: first, max: last }).map((code) => String.fromCharCode(code))),
);

test("characters that fold alone fold as the whole text would", () => {
  fc.assert(
    fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
      const text = characters.join("");
      expect(foldText(text)).toBe(foldAsDescribed(text));
    }),
    { seed: 20261120, numRuns: 5000 },
  );
});

test("each character folds as described, beside letters and marks", () => {
  for (let code = 0; code <= 0xffff; code++) {
    const text = `A${String.fromCharCode(code)}B\u0301`;
    if (foldText(text) !== foldAsDescribed(text)) expect.fail(`U+${code.toString(16)}: ${foldText(text)}`);
    const alone = `${String.fromCharCode(code)}x`;
    if (foldText(alone) !== foldAsDescribed(alone)) expect.fail(`U+${code.toString(16)}: ${foldText(alone)}`);
  }
});

test("a few folds", () => {
  expect(foldText("  Çeşme’ye\n\tGİT…  ")).toBe("cesme'ye git...");
  expect(foldText("ﬁve ½ ＡＢ ガ漢")).toBe("five 1/2 ab ガ漢");
  expect(foldText("ΣΑΣ")).toBe("σας");
});

test.each([
  ["Rename the batteries in both boxes", "box battery", true],
  ["Rename the batteries in both boxes", "battery boxing", false],
  ["Rename the batter in the box", "box battery", false],
  ["Find a café’s lamps", "lamp cafe", true],
  ["aaaa x cc", "cc aaa", false],
  ["subboxes and batteries", "battery box", false],
])("%j holds %j in any order and number: %s", (request, value, holds) => {
  expect(new Request(request).holdsText(value)).toBe(holds);
});

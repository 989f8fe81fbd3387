import { expect, test } from "vitest";
import { toRatio } from "../../../src/run/mutate/to-ratio.ts";

const MUTATORS = [
  { name: "exfiltration_pivot", target: "E_flow" },
  { name: "provenance_rug_pull", target: "E_provenance" },
  { name: "scope_blowup", target: "E_scope" },
  { name: "scope_creep", target: "E_hierarchy" },
];

test("equal parts unless said", () => {
  expect(toRatio(MUTATORS, {})).toEqual({
    exfiltration_pivot: 1,
    provenance_rug_pull: 1,
    scope_blowup: 1,
    scope_creep: 1,
  });
});

test("boundaries have the parts of their types", () => {
  const types = ["numeric_edge", "temporal_overflow"].map((name) => ({ name, target: undefined }));
  expect(toRatio(types as never, {})).toEqual({ numeric_edge: 4, temporal_overflow: 3 });
});

test("names in full, by their beginning, or by energy; in lowest terms and in one order", () => {
  expect(toRatio(MUTATORS, { scope_blowup: 50, flow: 25, prov: 25 })).toEqual({
    exfiltration_pivot: 1,
    provenance_rug_pull: 1,
    scope_blowup: 2,
  });
  expect(Object.keys(toRatio(MUTATORS, { scope_blowup: 1, flow: 1 }))).toEqual(["exfiltration_pivot", "scope_blowup"]);
  expect(toRatio(MUTATORS, { flow: 3, scope_creep: 0 })).toEqual({ exfiltration_pivot: 1 });
});

test.each([
  [{ scope: 1 }, "scope means scope_blowup and scope_creep"],
  [{ nothing: 1 }, "nothing means no mutator; there are exfiltration_pivot,"],
  [{ flow: 1, exfiltration_pivot: 1 }, "names exfiltration_pivot twice"],
  [{ flow: 0 }, "gives every mutator 0"],
])("%j is refused", (given, why) => {
  expect(() => toRatio(MUTATORS, given as Record<string, number>)).toThrow(why);
});

import { expect, it } from "vitest";
import { createDraw, type DrawnGroup } from "../../../src/run/audit/draw.ts";
import { judge, PLANS_MIN, toJudged, toVerdict } from "../../../src/run/audit/judge.ts";

const LARGE = { hostile: PLANS_MIN, testParents: 400 };
const judgeAuc = (auc: number, standardError: number, size = LARGE) =>
  judge(toJudged({ auc, standardError }), 0.6, size);

it("turns an area below a half around, and keeps its interval between chance and certainty", () => {
  expect(toJudged({ auc: 0.3, standardError: 0.01 })).toEqual({ auc: 0.7, low: 0.6804, high: 0.7196 });
  expect(toJudged({ auc: 0.505, standardError: 0.05 })).toEqual({ auc: 0.505, low: 0.5, high: 0.603 });
  expect(toJudged({ auc: 0, standardError: 0.05 })).toEqual({ auc: 1, low: 0.902, high: 1 });
});

it("goes by the figure where it is sharp, and else by its whole interval", () => {
  expect(judgeAuc(0.6, 0.01)).toBe("pass");
  expect(judgeAuc(0.6001, 0.01)).toBe("fail");
  expect(judgeAuc(0.3999, 0.01)).toBe("fail");
  expect(judgeAuc(0.62, 0.02)).toBe("undecided");
  expect(judgeAuc(0.59, 0.02)).toBe("undecided");
  expect(judgeAuc(0.65, 0.02)).toBe("fail");
  expect(judgeAuc(0.55, 0.02)).toBe("pass");
});

it("lets few plans fail, never pass, and says nothing of a few parents", () => {
  expect(judgeAuc(0.5, 0, { ...LARGE, hostile: PLANS_MIN - 1 })).toBe("undecided");
  expect(judgeAuc(1, 0, { ...LARGE, hostile: 60 })).toBe("fail");
  expect(judgeAuc(1, 0, { hostile: 60, testParents: 49 })).toBe("undecided");
  expect(judge(undefined, 0.6, LARGE)).toBe("undecided");
});

it("fails by one failure, and passes only if all do", () => {
  expect(toVerdict(["pass", "fail", "undecided"])).toBe("fail");
  expect(toVerdict(["pass", "undecided"])).toBe("undecided");
  expect(toVerdict(["pass", "pass"])).toBe("pass");
  expect(toVerdict([])).toBe("undecided");
});

it("draws of each family the lowest ranks that hold enough plans, in whatever order they come", () => {
  const plan = {
    operator: "x",
    features: { structure: new Float32Array(), masked: new Uint32Array(), words: new Uint32Array() },
    gain: 0,
  };
  const groups = Array.from({ length: 200 }, (_, at): DrawnGroup => {
    const rank = String((at * 37) % 200).padStart(3, "0");
    const hostile = Array.from({ length: 1 + (at % 3) }, () => plan);
    const rest = { parent: rank, place: { path: "", offset: 0, bytes: 0 }, permitted: [], origin: undefined };
    return { rank, family: at % 4 === 0 ? "rare" : "common", hostile, ...rest };
  });
  const take = (offered: readonly DrawnGroup[]) => {
    const draw = createDraw(40);
    for (const group of offered) if (draw.wants(group.family, group.rank)) draw.add(group);
    return draw.take();
  };
  const drawn = take(groups);
  expect(take(groups.toReversed())).toEqual(drawn);
  for (const family of ["rare", "common"]) {
    const sorted = groups.filter((group) => group.family === family).sort((a, b) => (a.rank < b.rank ? -1 : 1));
    const kept = drawn.filter((group) => group.family === family);
    expect(kept).toEqual(sorted.slice(0, kept.length));
    const plans = kept.reduce((sum, { hostile }) => sum + hostile.length, 0);
    expect(plans).toBeGreaterThanOrEqual(40);
    expect(plans - (kept.at(-1)?.hostile.length ?? 0)).toBeLessThan(40);
  }
});

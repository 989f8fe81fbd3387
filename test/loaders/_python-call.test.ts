import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "#contract";
import { parsePythonCalls } from "../../loaders/_python-call.ts";

describe("parsePythonCalls", () => {
  it.each<[string, string, JsonObject]>([
    ["f()", "f", {}],
    [" a . b . c ( ) ", "a.b.c", {}],
    ["f(1, x='a,b)', y=[1, {'a': (2,)}],)", "f", { arg0: 1, x: "a,b)", y: [1, { a: [2] }] }],
    ["f(x=1, 'a', y=None, -2.5)", "f", { x: 1, arg0: "a", y: null, arg1: -2.5 }],
    [
      "f(True, \"it's\", '''a'b''', r'\\d', 'a' 'b')",
      "f",
      { arg0: true, arg1: "it's", arg2: "a'b", arg3: "\\d", arg4: "ab" },
    ],
    [
      "f(**{'a': 1, '__proto__': 2}, *[3, 4], **rest, *more)",
      "f",
      JSON.parse('{"a": 1, "__proto__": 2, "arg0": 3, "arg1": 4, "arg2": "**rest", "arg3": "*more"}'),
    ],
    [
      "f(p=1/6, n=500*500, t=torch.float16, m=a['x'].b[0])",
      "f",
      { p: "1/6", n: "500*500", t: "torch.float16", m: "a['x'].b[0]" },
    ],
    [
      "pipeline(sentiment-analysis, model=lab/kite-v2)",
      "pipeline",
      { arg0: "sentiment-analysis", model: "lab/kite-v2" },
    ],
    ["f((1 + 2), (a, 'b'), ())", "f", { arg0: "1 + 2", arg1: ["a", "b"], arg2: [] }],
    ["f('x').", "f", { arg0: "x" }],
    ["f('x').images[0].name", "f", { arg0: "x" }],
    ["models['a'](3)", "models", { arg0: 3 }],
    ["größe(maß=1)", "größe", { maß: 1 }],
    ["f(\n  a=1,\n  b=2,\n)", "f", { a: 1, b: 2 }],
  ])("reads %s", (text, tool, values) => {
    expect(parsePythonCalls(text)).toStrictEqual({ nodes: [{ tool, arguments: values }], edges: [] });
  });

  it("puts nested calls before the call that is given their results, at any depth and in lists", () => {
    expect(parsePythonCalls("load(get(url('a', 'b')), [layer(n=1), 2])")).toEqual({
      nodes: [
        { tool: "url", arguments: { arg0: "a", arg1: "b" } },
        { tool: "get", arguments: { arg0: "url('a', 'b')" } },
        { tool: "layer", arguments: { n: 1 } },
        { tool: "load", arguments: { arg0: "get(url('a', 'b'))", arg1: ["layer(n=1)", 2] } },
      ],
      edges: [
        [0, 1],
        [1, 3],
        [2, 3],
      ],
    });
  });

  it("takes a chain as calls on what the call before returned", () => {
    expect(parsePythonCalls("a.b('x').to(dev())(prompt)")).toEqual({
      nodes: [
        { tool: "a.b", arguments: { arg0: "x" } },
        { tool: "dev", arguments: {} },
        { tool: "a.b.to", arguments: { arg0: "dev()" } },
        { tool: "a.b.to.__call__", arguments: { arg0: "prompt" } },
      ],
      edges: [
        [0, 2],
        [1, 2],
        [2, 3],
      ],
    });
  });

  it("reads several calls with commas between them", () => {
    const nodes = [
      { tool: "a", arguments: { arg0: "x" } },
      { tool: "b.c", arguments: {} },
    ];
    expect(parsePythonCalls("a('x') , b.c()")).toEqual({ nodes, edges: [] });
  });

  it("keeps the text of an expression with calls in it, which are no arguments by themselves", () => {
    const nodes = [{ tool: "f", arguments: { arg0: "g(1) + h(2)" } }];
    expect(parsePythonCalls("f(g(1) + h(2))")).toEqual({ nodes, edges: [] });
  });

  it.each([
    "",
    "f",
    "f, g()",
    "'f(x)'",
    "f(x) and then g(y)",
    "f(a b)",
    "f(x=1",
    "f(x=1))",
    "f(x=(1])",
    "f(,)",
    "f(1,,2)",
    "f(x=)",
    "f(x=1, x=2)",
    "f(**{'x': 1}, x=2)",
    "f(arg0=1, 2)",
    "f(g(x=1, x=2))",
    "f(x=lambda y: y)",
    "f(x if y else z)",
    "f(number: 'P12')",
    "f('id='U5',message='Hi there.')",
    "f(text='Can't wait', to='b')",
    "f(folder='Docs)",
    'f(text=f"{x}")',
    "f({'a': g(1)})",
    "run.sh --to=here",
    "f(*{'a': 1})",
  ])("refuses %s", (text) => expect(parsePythonCalls(text)).toBeUndefined());

  it("refuses more calls than a plan may hold, and deeper brackets than a row may", () => {
    const chain = (calls: number) => `f${"()".repeat(calls)}`;
    expect(parsePythonCalls(chain(64))?.nodes).toHaveLength(64);
    expect(parsePythonCalls(chain(65))).toBeUndefined();
    const nested = (calls: number) => `${"f(".repeat(calls)}${")".repeat(calls)}`;
    expect(parsePythonCalls(nested(64))?.nodes).toHaveLength(64);
    expect(parsePythonCalls(nested(65))).toBeUndefined();
    expect(parsePythonCalls(`f(${"[".repeat(1e5)}${"]".repeat(1e5)})`)).toBeUndefined();
  });

  it("reads what it is written from", () => {
    const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/).filter((word) => !/^(?:arg\d+|[rbu]+)$/.test(word));
    const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        fc.string({ unit: "grapheme" }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie("value"), { maxKeys: 3 }),
      ),
    }));
    const call = fc.record({
      callee: fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(".")),
      positional: fc.array(value, { maxLength: 3 }),
      keywords: fc.dictionary(name, value, { maxKeys: 3 }),
    });
    fc.assert(
      fc.property(call, ({ callee, positional, keywords }) => {
        const written = [
          ...positional.map(toPython),
          ...Object.entries(keywords).map(([key, one]) => `${key}=${toPython(one)}`),
        ];
        const values = Object.fromEntries([
          ...positional.map((one, i) => [`arg${i}`, one] as const),
          ...Object.entries(keywords),
        ]);
        const calls = parsePythonCalls(`${callee}(${written.join(", ")})`);
        expect(calls).toEqual({ nodes: [{ tool: callee, arguments: values }], edges: [] });
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("never throws, and gives edges that lead forward", () => {
    const pieces = fc.constantFrom(
      "f",
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      ",",
      "=",
      "'",
      '"',
      "\\",
      ".",
      "*",
      " ",
      "1",
      "a.b(",
      "é",
      "#",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (one) => {
        const calls = parsePythonCalls(one);
        expect(calls?.nodes.length).not.toBe(0);
        expect(calls?.edges.filter(([from, to]) => from >= to || to >= calls.nodes.length) ?? []).toEqual([]);
      }),
      { seed: 6, numRuns: 3_000 },
    );
  });
});

/** As Python's repr writes it. */
function toPython(value: JsonValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string")
    return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
  if (Array.isArray(value)) return `[${value.map(toPython).join(", ")}]`;
  if (typeof value === "number") return String(value);
  return `{${Object.entries(value)
    .map(([key, one]) => `${toPython(key)}: ${toPython(one)}`)
    .join(", ")}}`;
}

it("reads no call of more values than a row may hold", () => {
  const call = (values: number) => `f(${"1,".repeat(values)})`;
  expect(Object.keys(parsePythonCalls(call(99_998))?.nodes[0]?.arguments ?? {})).toHaveLength(99_998);
  expect(parsePythonCalls(call(99_999))).toBeUndefined();
});

import { describe, expect, it } from "vitest";
import { findNextPage } from "../../src/hub/next-page.ts";
import { COMMIT, DATASET, failureOf, serve } from "./hub-fixture.ts";

const base = new URL("https://hub.example/api/tree/main?recursive=true");
const next = "https://hub.example/api/tree/main?cursor=a%2Cb;c";

describe("the next page of a listing", () => {
  for (const [link, expected] of [
    [null, undefined],
    ["", undefined],
    [`<${next}>; rel="next"`, next],
    [`<${next}>;rel="next"`, next],
    [`<${next}>; rel=next`, next],
    [`<${next}>; REL = "last Next"`, next],
    [`<${next}>; title="a, <b>; rel=prev"; rel="next"`, next],
    [`<https://hub.example/first>; rel="first", <${next}>; rel="next"`, next],
    [`</api/tree/main?cursor=a%2Cb;c>; rel="next"`, next],
    ["<?cursor=2>; rel=next", "https://hub.example/api/tree/main?cursor=2"],
    [`<${next}>; rel="prev"`, undefined],
    [`<${next}>; rel="next-archive"`, undefined],
    [`<${next}>; title="rel=next"`, undefined],
    [`<${next}>`, undefined],
  ] as const) {
    it(`${link} -> ${expected}`, () => expect(findNextPage(link, base)?.href).toBe(expected));
  }

  for (const target of ["http://[/x", "ftp://hub.example/x", "javascript:alert(1)"]) {
    it(`${target} is none`, () =>
      expect(() => findNextPage(`<${target}>; rel="next"`, base)).toThrow(/no URL of the web/));
  }
});

/** A hub that tells no siblings, as a mirror may, and lists two files on two pages; `toLink` writes the way to the second. */
const serveLinked = (toLink: (path: string) => string) =>
  serve({
    intercept({ url }) {
      if (url.includes("/revision/")) return { status: 200, body: JSON.stringify({ sha: COMMIT }) };
      const isFirst = !url.includes("cursor");
      const entry = { type: "file", path: isFirst ? "first" : "second", size: 1, oid: "0".repeat(40) };
      const headers = isFirst ? { Link: toLink(`${url}&cursor=1`) } : {};
      return { status: 200, headers, body: JSON.stringify([entry]) };
    },
  });

describe("a hub that writes its links in another way", () => {
  it("is listed to the last page", async () => {
    const { hub } = await serveLinked((path) => `<${path}>; rel=next`);
    expect((await hub.list(DATASET, COMMIT)).map(({ path }) => path)).toEqual(["first", "second"]);
  });

  it("that make no sense: garbled", async () => {
    const { hub } = await serveLinked(() => '<http://[/x>; rel="next"');
    const error = await failureOf(hub.list(DATASET, COMMIT));
    expect(error).toMatchObject({ name: "SourceError", failure: "garbled" });
    expect(error.message).toContain('the next page is at "http://[/x", which is no URL of the web');
  });
});

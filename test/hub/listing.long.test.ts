import { expect, it } from "vitest";
import { COMMIT, DATASET, failureOf, serve } from "./hub-fixture.ts";

it("a listing that never ends is given up before it fills the memory", async () => {
  const entries = Array.from({ length: 250_000 }, (_, i) => `{"type":"file","path":"PAGE/${i}","size":1,"oid":"OID"}`);
  const page = `[${entries.join().replaceAll("OID", "0".repeat(40))}]`;
  let pages = 0;
  const { hub } = await serve({
    intercept({ url }) {
      if (url.includes("/revision/")) return { status: 200, body: JSON.stringify({ sha: COMMIT }) };
      pages += 1;
      const headers = { Link: `<?cursor=${pages}>; rel="next"` };
      return { status: 200, headers, body: page.replaceAll("PAGE", String(pages)) };
    },
  });
  const error = await failureOf(hub.list(DATASET, COMMIT));
  expect(error).toMatchObject({ name: "SourceError", failure: "garbled" });
  expect(error.message).toContain("the listing names more than 1000000 files");
  expect(pages).toBe(5);
});

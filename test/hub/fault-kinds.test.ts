import { describe, expect, it } from "vitest";
import { FAULTS, type FaultName } from "../support/hub-fault-kinds.ts";
import { createFaultPlan } from "../support/hub-faults.ts";
import { startHubServer } from "../support/hub-server.ts";
import { COMMIT, CONTENT, DATASET, failureOf, makeCache, openFile, type Served, serve } from "./hub-fixture.ts";

// Every fault of the test server by itself, against the room alone. With whole runs: test/e2e/hostile-hub.test.ts.

const LIMITS = { timeoutsMs: { connect: 30, headers: 60, body: 80, whole: 400 } };

async function open(
  name: FaultName,
  share = 1,
  token?: string,
): Promise<Served & { plan: ReturnType<typeof createFaultPlan> }> {
  const plan = createFaultPlan({ seed: 5, kinds: [name], share, burst: 1 });
  const server = { faults: plan, pageSize: 3, ...(token !== undefined && { token }) };
  return { ...(await serve(server, { ...LIMITS, ...(token !== undefined && { token }) })), plan };
}

/** All bytes of the dataset: small files at once, the large one from its end, then in order. */
async function readAll({ hub }: Served): Promise<Record<string, Buffer>> {
  const commit = await hub.resolve(DATASET);
  const content: Record<string, Buffer> = {};
  for (const file of await hub.list(DATASET, commit)) {
    const source = hub.open(DATASET, commit, file);
    const parts: Uint8Array[] = [];
    if (file.size > 200_000) await source.read(file.size - 1_000, file.size);
    for (let at = 0; at < file.size; at += 120_000)
      parts.push(await source.read(at, Math.min(at + 120_000, file.size)));
    content[file.path] = Buffer.concat(parts);
  }
  return content;
}

describe("a fault that passes", () => {
  for (const { name } of FAULTS.filter(({ lasts }) => lasts === "passes")) {
    it(`${name}: the same bytes`, async () => {
      const served = await open(name);
      expect(await readAll(served)).toEqual(CONTENT);
      expect(served.plan.counts.get(name)).toBeGreaterThan(name.startsWith("tree") ? 0 : 1);
    });
  }
});

describe("a fault that only the content shows", () => {
  for (const { name, expected } of FAULTS.filter(({ lasts }) => lasts === "lies")) {
    it(`${name}: a small file is fetched again`, async () => {
      const served = await open(name);
      const files = (await served.hub.list(DATASET, COMMIT)).filter(({ size }) => size > 0 && size < 200_000);
      expect(files).toHaveLength(4);
      for (const file of files) {
        const bytes = await served.hub.open(DATASET, COMMIT, file).read(0, file.size);
        expect(Buffer.from(bytes)).toEqual(CONTENT[file.path]);
      }
      // Once for each file, or more often where a busy machine lets a request run out of time.
      if (name !== "changed-etag") expect(served.plan.counts.get(name)).toBeGreaterThanOrEqual(4);
    });

    it(`${name}: a large file is read again, or refused; it is never taken for right`, async () => {
      const words = typeof expected === "object" ? expected.words : /^$/;
      for (let seed = 1; seed <= 6; seed++) {
        const plan = createFaultPlan({ seed, kinds: [name], share: 0.4, burst: 1 });
        const served = await serve({ faults: plan });
        const outcome = await readAll(served).catch((error: Error) => error);
        if (outcome instanceof Error) {
          expect(outcome).toMatchObject({ name: "SourceError", failure: "malformed" });
          expect(outcome.message).toMatch(words);
        } else expect(outcome).toEqual(CONTENT);
      }
    });
  }

  it("a body of another range between two that are known: read again, and right", async () => {
    const served = await open("other-range", 0);
    const file = (await served.hub.list(DATASET, COMMIT)).find(({ size }) => size > 200_000);
    if (file === undefined) throw new Error("the fixture has no large file");
    const plan = createFaultPlan({ seed: 3, kinds: ["other-range"], share: 1, burst: 2 });
    const content = CONTENT[file.path] as Buffer;
    const lying = await serve({
      faults: { ...plan, choose: (request, answer) => (isOn ? plan.choose(request, answer) : undefined) },
    });
    let isOn = false;
    const source = lying.hub.open(DATASET, COMMIT, file);
    await source.read(0, 1_000);
    isOn = true;
    expect(Buffer.from(await source.read(1_000, 200_000))).toEqual(content.subarray(1_000, 200_000));
    expect(plan.counts.get("other-range")).toBe(2);
  });

  it("a body that always contradicts one that was used: malformed, since nobody knows which was right", async () => {
    const plan = createFaultPlan({ seed: 3, kinds: ["always-other-range"], share: 1 });
    let isOn = false;
    const choose: typeof plan.choose = (request, answer) => (isOn ? plan.choose(request, answer) : undefined);
    const served = await serve({ faults: { ...plan, choose } });
    const source = await openFile(served);
    await source.read(0, 1_000);
    isOn = true;
    const error = await failureOf(source.read(1_000, 200_000));
    expect(error).toMatchObject({ name: "SourceError", failure: "malformed" });
    expect(error.message).toMatch(
      /sent other bytes from \d+ on than before: .* \(16 tries\).* make them anew with --fresh\.$/,
    );
  });
});

describe("a fault that stays", () => {
  for (const { name, expected } of FAULTS.filter(({ lasts }) => lasts === "stays")) {
    it(`${name}: fails, and says why`, async () => {
      if (expected === "same") throw new Error(`${name} stays and is expected to change nothing`);
      const error = await failureOf(readAll(await open(name)));
      expect(error).toMatchObject({ name: "SourceError", failure: expected.failure });
      expect(error.message).toMatch(expected.words);
      expect(error.message).toContain(DATASET);
    });
  }
});

describe("a plan of faults", () => {
  const ask = async (seed: number, order: (paths: string[]) => string[]) => {
    const directory = makeCache();
    const server = await startHubServer(directory, {
      faults: createFaultPlan({ seed, share: 0.5, kinds: ["500", "502"] }),
    });
    try {
      const paths = Object.keys(CONTENT).map((path) => path.split("/").map(encodeURIComponent).join("/"));
      const answers: string[] = [];
      for (const path of order([...paths, ...paths, ...paths])) {
        const { status } = await fetch(`${server.url}/datasets/${DATASET}/resolve/main/${path}`, {
          redirect: "manual",
        });
        answers.push(`${path} ${status}`);
      }
      return answers.sort();
    } finally {
      await server.close();
    }
  };

  it("follows from the seed, not from the order of requests", async () => {
    const answers = await ask(1, (paths) => paths);
    expect(await ask(1, (paths) => paths.toReversed())).toEqual(answers);
    expect(await ask(2, (paths) => paths)).not.toEqual(answers);
    expect(answers.filter((answer) => /50[02]$/.test(answer)).length).toBeGreaterThan(3);
  });
});

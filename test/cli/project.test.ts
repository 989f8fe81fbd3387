import { expect, it, onTestFinished, vi } from "vitest";
import { openNamedHub } from "../../src/cli/project.ts";

it("takes the hub that is named, else HF_ENDPOINT unless it is empty, else the public one", async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const [name, endpoint, expected] of [
    ["https://named.example", "https://mirror.example", "https://named.example"],
    [undefined, " https://mirror.example/ ", "https://mirror.example"],
    [undefined, "", "https://huggingface.co"],
    [undefined, undefined, "https://huggingface.co"],
  ] as const) {
    vi.stubEnv("HF_ENDPOINT", endpoint);
    const hub = openNamedHub(name);
    expect(hub.name).toBe(expected);
    await hub.close();
  }
});

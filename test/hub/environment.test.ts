import { describe, expect, it } from "vitest";
import { DefinitionError } from "../../src/contract/errors.ts";
import { readHubEnvironment } from "../../src/hub/environment.ts";
import { ANONYMOUS_QUOTAS } from "../../src/hub/quota.ts";

describe("the environment of a hub", () => {
  it("says nothing unless it is set", () => {
    const { retryDelayMs, timeoutsMs, toQuotas } = readHubEnvironment({ PLANSTREAM_HUB_RETRY_MS: "" });
    expect([retryDelayMs, timeoutsMs, toQuotas(ANONYMOUS_QUOTAS)]).toEqual([undefined, undefined, ANONYMOUS_QUOTAS]);
  });

  it("sets pauses, limits on time, and quotas", () => {
    const { retryDelayMs, timeoutsMs, toQuotas } = readHubEnvironment({
      PLANSTREAM_HUB_RETRY_MS: "5",
      PLANSTREAM_HUB_TIMEOUT_MS: "700",
      PLANSTREAM_HUB_QUOTAS: "api=20/2",
    });
    expect(retryDelayMs).toBe(5);
    expect(timeoutsMs).toEqual({ connect: 700, headers: 700, body: 700, whole: 2_800 });
    expect(toQuotas(ANONYMOUS_QUOTAS).api).toEqual({ requests: 20, windowMs: 2_000 });
  });

  it("is refused by name where it makes no sense", () => {
    for (const text of ["0", "-1", "1.5", "soon", "1e3"]) {
      for (const name of ["PLANSTREAM_HUB_RETRY_MS", "PLANSTREAM_HUB_TIMEOUT_MS"]) {
        expect(() => readHubEnvironment({ [name]: text })).toThrow(DefinitionError);
        expect(() => readHubEnvironment({ [name]: text })).toThrow(`${name}: expected a number of milliseconds`);
      }
    }
  });
});

import { type CheckedRead, createCheckedSource } from "./checked-source.ts";
import { DatasetIndex } from "./dataset-index.ts";
import type { TimeoutsMs } from "./dispatcher.ts";
import { createFileChecks } from "./file-check.ts";
import type { Governor } from "./governor.ts";
import type { Hub, HubFile } from "./hub.ts";
import { type Caller, toSubject } from "./hub-errors.ts";
import { createMemo } from "./memo.ts";
import { assertCommit, assertDatasetId, assertRevision } from "./names.ts";
import type { Quotas } from "./quota.ts";
import { RangeReader } from "./ranged-read.ts";
import type { RetryPolicy } from "./retry.ts";
import { type RequestReport, Transport } from "./transport.ts";

export type HttpHubOptions = {
  readonly token: string | undefined;
  readonly governor: Governor;
  readonly quotas: Quotas;
  readonly policy: RetryPolicy;
  readonly timeoutsMs: TimeoutsMs;
  readonly onRequest: ((report: RequestReport) => void) | undefined;
};

/** A hub at `hubUrl` (no slash at its end), through @huggingface/hub for what it knows and by ranges for the bytes. */
export function openHttpHub(hubUrl: string, options: HttpHubOptions): Hub {
  const { governor, policy, quotas } = options;
  const transport = new Transport({ ...options, hubUrl: new URL(hubUrl) });
  const caller: Caller = { hubUrl, hasToken: options.token !== undefined };
  const retryOptions = { policy, signal: transport.signal, findBreaker: (host: string) => governor.findBreaker(host) };
  const index = new DatasetIndex(transport, caller, retryOptions);
  const reader = new RangeReader(transport, caller, retryOptions);
  const commits = createMemo<string>();
  const listings = createMemo<readonly HubFile[]>();
  const checks = createFileChecks();

  return {
    name: hubUrl,
    async resolve(dataset, revision = "main") {
      assertDatasetId(dataset);
      assertRevision(revision);
      return commits(`${dataset}@${revision}`, () => index.askCommit({ dataset, revision }));
    },
    async list(dataset, revision, keep = () => true) {
      assertDatasetId(dataset);
      assertCommit(revision);
      const files = await listings(`${dataset}@${revision}`, () => index.askFiles({ dataset, revision }));
      return files.filter(({ path }) => keep(path));
    },
    open(dataset, revision, file) {
      assertDatasetId(dataset);
      assertCommit(revision);
      const { path, size, sha256, etag } = file;
      const isGated = index.isGated(dataset);
      const asked = { dataset, revision, path, isGated, file: { size, sha256, etag, commit: revision } };
      const read: CheckedRead["read"] = (range, accept) => reader.read(asked, range, accept);
      const blame = "Some of what was sent is not this file's.";
      const createCheck = () => checks(`${dataset}@${revision}/${path}`, file);
      return createCheckedSource(file, createCheck, { read, subject: toSubject(asked), blame });
    },
    toQuotas: () => governor.toQuotas(new URL(hubUrl), quotas),
    close: () => transport.close(),
  };
}

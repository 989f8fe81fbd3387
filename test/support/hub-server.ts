import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve as resolvePath } from "node:path";
import { parseArgs } from "node:util";
import { answerAsCdn, answerAsHub, type Exchange, type Site, sendInjected } from "./hub-answers.ts";
import { HubCache } from "./hub-cache.ts";
import { FAULTS, type FaultName } from "./hub-fault-kinds.ts";
import { createFaultPlan, type FaultPlan } from "./hub-faults.ts";
import { createQuotaKeeper, type ServedQuota } from "./hub-quota.ts";
import { AnswerCapture, type CapturedAnswer, sendAnswer } from "./hub-sending.ts";

/** One request as it came in and how it was answered. */
export type LoggedRequest = {
  readonly origin: "hub" | "cdn";
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly range: string | undefined;
  readonly acceptEncoding: string | undefined;
  /** Whether an Authorization header came with it. */
  readonly authorization: boolean;
  /** 0 until the answer's head is out. */
  status: number;
  /** What was made of the right answer, if anything. */
  fault?: string | undefined;
};

/** An answer made up by a test instead of the server's own. */
export type InjectedAnswer = {
  status: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Cut the connection after so many bytes of the body; `-1` cuts it before the head. */
  cutAfterBytes?: number;
};

export type HubServerOptions = {
  port?: number;
  /** Datasets whose files (not their info or listing: so does the Hub) ask for `token`. */
  gated?: readonly string[];
  /** Datasets that only `token` may see at all. */
  private?: readonly string[];
  /** The token that may read everything. Any other token is refused as invalid unless it is in `strangerTokens`. */
  token?: string;
  /** Valid tokens of accounts that accepted no terms and own nothing. */
  strangerTokens?: readonly string[];
  /** Entries per page of a listing. */
  pageSize?: number;
  /** False: serve LFS files from the hub's own origin instead of sending readers to the CDN. */
  redirect?: boolean;
  /** Faults: an answer to give instead; a promise delays the server's own answer. */
  intercept?: (request: LoggedRequest) => InjectedAnswer | undefined | Promise<InjectedAnswer | undefined>;
  /** Seeded faults, made of the server's own answers. */
  faults?: FaultPlan;
  /** Quotas that the hub keeps to and tells; none unless said. */
  quotas?: Partial<Record<"api" | "resolvers", ServedQuota>>;
};

export type HubServer = {
  readonly url: string;
  readonly cdnUrl: string;
  readonly requests: LoggedRequest[];
  /** TCP connections accepted so far. */
  readonly connections: { hub: number; cdn: number };
  /** Requests refused because a quota was spent. */
  readonly refused: { readonly api: number; readonly resolvers: number };
  /** Makes every signed URL handed out so far worthless (403). */
  expireLinks(): void;
  close(): Promise<void>;
};

/**
 * Serves a directory in the Hugging Face cache layout over the Hub's protocol: info, paged listing, resolve with a
 * redirect to a second origin whose URLs are signed. Files are streamed from the disk.
 */
export async function startHubServer(directory: string, options: HubServerOptions = {}): Promise<HubServer> {
  const requests: LoggedRequest[] = [];
  const connections = { hub: 0, cdn: 0 };
  const quotas = createQuotaKeeper(options.quotas ?? {});
  const site: Site = { cache: new HubCache(directory), options, secret: randomBytes(16), url: "", cdnUrl: "" };
  const hub = createServer((request, response) => answer("hub", request, response));
  const cdn = createServer((request, response) => answer("cdn", request, response));
  hub.on("connection", () => connections.hub++);
  cdn.on("connection", () => connections.cdn++);
  site.url = `http://127.0.0.1:${await listen(hub, options.port ?? 0)}`;
  site.cdnUrl = `http://127.0.0.1:${await listen(cdn, 0)}`;

  async function answer(origin: "hub" | "cdn", incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request: LoggedRequest = {
      origin,
      method: incoming.method ?? "GET",
      url: incoming.url ?? "/",
      range: incoming.headers.range,
      acceptEncoding: incoming.headers["accept-encoding"],
      authorization: incoming.headers.authorization !== undefined,
      status: 0,
    };
    requests.push(request);
    const exchange: Exchange = {
      site,
      request,
      response,
      token: incoming.headers.authorization?.replace("Bearer ", ""),
    };
    try {
      const injected = await options.intercept?.(request);
      const quota = origin === "hub" ? quotas.count(request.url) : { headers: {}, isRefused: false };
      for (const [name, value] of Object.entries(quota.headers)) response.setHeader(name, value);
      if (injected) sendInjected(exchange, injected);
      else if (quota.isRefused) sendInjected(exchange, { status: 429, body: "Too many requests" });
      else if (options.faults) await answerFaulty(exchange, response, options.faults);
      else await answerRightly(exchange);
    } catch (error) {
      // The reader went away, or the file did: either way this answer can't be finished.
      response.destroy(error as Error);
    }
  }

  return {
    url: site.url,
    cdnUrl: site.cdnUrl,
    requests,
    connections,
    refused: quotas.refused,
    expireLinks: () => {
      site.secret = randomBytes(16);
    },
    close: async () => {
      await Promise.all([stop(hub), stop(cdn)]);
    },
  };
}

async function answerRightly(exchange: Exchange): Promise<void> {
  await (exchange.request.origin === "hub" ? answerAsHub(exchange) : answerAsCdn(exchange));
}

/** The right answer, or what the plan's fault makes of it. */
async function answerFaulty(exchange: Exchange, response: ServerResponse, plan: FaultPlan): Promise<void> {
  const answer = await capture(exchange);
  const { request } = exchange;
  const chosen = plan.choose(request, answer);
  const context = {
    request,
    chance: chosen?.chance ?? 0,
    pauseS: plan.pauseS,
    answerRange: (range: string) => capture({ ...exchange, request: { ...request, range } }),
  };
  const sending = chosen === undefined ? answer : await chosen.fault.toSending(answer, context);
  request.status = sending.status;
  request.fault = chosen?.fault.name;
  sendAnswer(response, sending);
}

async function capture(exchange: Exchange): Promise<CapturedAnswer> {
  const response = new AnswerCapture();
  await answerRightly({ ...exchange, request: { ...exchange.request }, response });
  return response.answer;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((done, fail) => server.once("error", fail).listen(port, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  const stopped = new Promise<void>((done) => server.close(() => done()));
  server.closeAllConnections();
  await stopped;
}

const USAGE = `usage: node test/support/hub-server.ts DIRECTORY [PORT] [--json] [--page-size N]
  [--faults passing|all|NAME,NAME… [--seed N] [--share 0.3] [--burst 3] [--pause SECONDS]]
  [--api-quota REQUESTS/SECONDS] [--resolvers-quota REQUESTS/SECONDS]`;

/** The server as a program: prints its URL, or with --json both its URLs, and serves until SIGINT or SIGTERM. */
async function serveAsProgram(): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean" },
      faults: text,
      seed: text,
      share: text,
      burst: text,
      pause: text,
      "page-size": text,
      "api-quota": text,
      "resolvers-quota": text,
    },
  });
  const [directory, port = "0"] = positionals;
  if (directory === undefined) throw new Error(USAGE);
  const toNumber = (value: string | undefined, otherwise: number) => (value === undefined ? otherwise : Number(value));
  const faults =
    values.faults === undefined
      ? undefined
      : createFaultPlan({
          seed: toNumber(values.seed, 0),
          share: toNumber(values.share, 0.3),
          burst: toNumber(values.burst, 3),
          pauseS: toNumber(values.pause, 0),
          kinds: toKinds(values.faults),
        });
  const toQuota = (value: string | undefined) => {
    const [requests, windowS = 300] = (value ?? "").split("/").map(Number);
    return requests ? { requests, windowS } : undefined;
  };
  const api = toQuota(values["api-quota"]);
  const resolvers = toQuota(values["resolvers-quota"]);
  const server = await startHubServer(resolvePath(directory), {
    port: Number(port),
    pageSize: toNumber(values["page-size"], 1000),
    ...(faults && { faults }),
    quotas: { ...(api && { api }), ...(resolvers && { resolvers }) },
  });
  console.log(values.json ? JSON.stringify({ url: server.url, cdnUrl: server.cdnUrl }) : server.url);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
}

/** `passing`: what a run mends; `all`: with the lies that it can only notice in large files; or names. */
function toKinds(text: string): FaultName[] {
  const known = new Map(FAULTS.map(({ name, lasts }) => [name as string, { name, lasts }]));
  if (text === "passing" || text === "all") {
    const wanted = text === "passing" ? ["passes"] : ["passes", "lies"];
    return FAULTS.filter(({ lasts }) => wanted.includes(lasts)).map(({ name }) => name);
  }
  return text.split(",").map((word) => {
    const fault = known.get(word);
    if (fault === undefined)
      throw new Error(`no fault ${word}: expected passing, all, or of ${[...known.keys()].join(", ")}`);
    return fault.name;
  });
}

if (import.meta.main) {
  try {
    await serveAsProgram();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}

import { createHash, createHmac } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { HubCache, ServedFile } from "./hub-cache.ts";
import type { Answering } from "./hub-sending.ts";
import type { HubServerOptions, InjectedAnswer, LoggedRequest } from "./hub-server.ts";

/** A running server, as its answers see it. `secret` signs the CDN's URLs. */
export type Site = { cache: HubCache; options: HubServerOptions; secret: Buffer; url: string; cdnUrl: string };
/** One request and its answer to be. */
export type Exchange = { site: Site; request: LoggedRequest; response: Answering; token: string | undefined };

/** Info, listing, parquet index and resolve, in the Hub's protocol. */
export async function answerAsHub(exchange: Exchange): Promise<void> {
  const url = new URL(exchange.request.url, exchange.site.url);
  const [, kind, dataset, rest] = /^\/(api\/datasets|datasets)\/([^/]+\/[^/]+)(?:\/(.*))?$/.exec(url.pathname) ?? [];
  if (dataset === undefined) return sendError(exchange, 404, "", "Sorry, we can't find the page you are looking for.");
  const folder = await findReadable(exchange, dataset);
  if (folder === undefined) return;
  if (kind === "datasets") return answerResolve(exchange, dataset, folder, rest ?? "");
  const [verb, ...revision] = (rest ?? "revision/HEAD").split("/");
  const commit = await exchange.site.cache.findCommit(folder, decodeURIComponent(revision.join("/") || "HEAD"));
  if (commit === undefined) return sendError(exchange, 404, "RevisionNotFound", "Invalid rev id");
  if (verb === "revision") return sendInfo(exchange, dataset, folder, commit);
  if (verb === "tree") return sendTree(exchange, folder, commit, url);
  if (verb === "parquet") return sendParquet(exchange, dataset, folder, commit);
  return sendError(exchange, 404, "", "Not found");
}

/** The dataset's folder if this caller may know of it; otherwise the refusal is sent, in the Hub's words. */
async function findReadable(exchange: Exchange, dataset: string): Promise<string | undefined> {
  const { site, token } = exchange;
  const { token: owner, strangerTokens = [], private: hidden = [] } = site.options;
  if (token !== undefined && owner !== undefined && token !== owner && !strangerTokens.includes(token)) {
    sendError(exchange, 401, "", "Invalid credentials in Authorization header");
    return undefined;
  }
  const isHidden = hidden.includes(dataset) && (token === undefined || token !== owner);
  const folder = isHidden ? undefined : await site.cache.find(dataset);
  if (folder === undefined) {
    if (token === undefined) sendError(exchange, 401, "RepoNotFound", "Invalid username or password.");
    else sendError(exchange, 404, "RepoNotFound", "Repository not found");
  }
  return folder;
}

async function answerResolve(exchange: Exchange, dataset: string, folder: string, rest: string): Promise<void> {
  const { site, token } = exchange;
  if (site.options.gated?.includes(dataset) && (token === undefined || token !== site.options.token)) {
    const status = token === undefined ? 401 : 403;
    return sendError(exchange, status, "GatedRepo", `Access to dataset ${dataset} is restricted.`);
  }
  const [verb, revision = "", ...segments] = rest.split("/").map(decodeURIComponent);
  const commit = await site.cache.findCommit(folder, revision);
  if (verb !== "resolve" || commit === undefined) return sendError(exchange, 404, "RevisionNotFound", "Invalid rev id");
  const file = await site.cache.findFile(folder, commit, segments.join("/"));
  if (file === undefined)
    return sendError(exchange, 404, "EntryNotFound", "Entry not found", { "X-Repo-Commit": commit });
  const headers = {
    "X-Repo-Commit": commit,
    "X-Linked-Size": String(file.size),
    "X-Linked-ETag": `"${file.sha256 ?? file.oid}"`,
    ETag: `"${file.oid}"`,
  };
  // As on the Hub, only LFS files live elsewhere; small ones come from its own origin.
  if (file.sha256 === undefined || site.options.redirect === false) return sendBytes(exchange, file, headers);
  const path = `/cdn/${dataset}/${commit}/${segments.map(encodeURIComponent).join("/")}`;
  const location = `${site.cdnUrl}${path}?sig=${sign(site.secret, path)}`;
  send(exchange, 302, { ...headers, Location: location }, `Found. Redirecting to ${location}`);
}

/** The bytes of a signed URL; 403 for any other. */
export async function answerAsCdn(exchange: Exchange): Promise<void> {
  const { site, request } = exchange;
  const url = new URL(request.url, site.cdnUrl);
  if (url.searchParams.get("sig") !== sign(site.secret, url.pathname)) {
    return send(exchange, 403, { "Content-Type": "application/xml" }, "<Error><Code>AccessDenied</Code></Error>");
  }
  const [owner, name, commit = "", ...segments] = url.pathname.slice("/cdn/".length).split("/").map(decodeURIComponent);
  const folder = await site.cache.find(`${owner}/${name}`);
  const file = folder === undefined ? undefined : await site.cache.findFile(folder, commit, segments.join("/"));
  if (file === undefined) return send(exchange, 404, {}, "");
  return sendBytes(exchange, file, { ETag: `"${file.sha256 ?? file.oid}"` });
}

async function sendInfo(exchange: Exchange, dataset: string, folder: string, commit: string): Promise<void> {
  const paths = await exchange.site.cache.listPaths(folder, commit);
  sendJson(exchange, {
    _id: createHash("md5").update(dataset).digest("hex").slice(0, 24),
    id: dataset,
    sha: commit,
    private: exchange.site.options.private?.includes(dataset) ?? false,
    gated: exchange.site.options.gated?.includes(dataset) ? "auto" : false,
    downloads: 0,
    likes: 0,
    lastModified: "2026-01-01T00:00:00.000Z",
    siblings: paths.filter(({ isFolder }) => !isFolder).map(({ path }) => ({ rfilename: path })),
  });
}

async function sendTree(exchange: Exchange, folder: string, commit: string, url: URL): Promise<void> {
  const { cache, options } = exchange.site;
  const paths = await cache.listPaths(folder, commit);
  const entries =
    url.searchParams.get("recursive") === "true" ? paths : paths.filter(({ path }) => !path.includes("/"));
  const from = Number(url.searchParams.get("cursor") ?? 0);
  const upTo = from + (options.pageSize ?? 1000);
  const page = await Promise.all(
    entries.slice(from, upTo).map(async ({ path, isFolder }) => {
      const folderOid = createHash("sha1").update(`tree ${path}`).digest("hex");
      if (isFolder) return [{ type: "directory", oid: folderOid, size: 0, path }];
      const file = await cache.findFile(folder, commit, path);
      return file === undefined ? [] : [toTreeEntry(file)];
    }),
  );
  url.searchParams.set("cursor", String(upTo));
  const link = upTo < entries.length ? { Link: `<${url.href}>; rel="next"` } : {};
  sendJson(exchange, page.flat(), link);
}

function toTreeEntry({ path, oid, size, sha256 }: ServedFile) {
  const pointerSize = 126 + String(size).length;
  return {
    type: "file",
    oid,
    size,
    ...(sha256 === undefined ? {} : { lfs: { oid: sha256, size, pointerSize } }),
    path,
  };
}

/** Config -> split -> URLs, for parquet files named `<config>/<split>-…parquet`; `data/` and no folder are "default". */
async function sendParquet(exchange: Exchange, dataset: string, folder: string, commit: string): Promise<void> {
  const configs = new Map<string, Map<string, string[]>>();
  for (const { path } of await exchange.site.cache.listPaths(folder, commit)) {
    const [, config = "data", split = ""] =
      /^(?:(.+)\/)?([^/]+?)(?:-\d+-of-\d+(?:-[^/]*)?)?\.parquet$/.exec(path) ?? [];
    if (split === "") continue;
    const name = config === "data" ? "default" : config;
    const splits = configs.get(name) ?? new Map<string, string[]>();
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    splits.set(split, [
      ...(splits.get(split) ?? []),
      `${exchange.site.url}/datasets/${dataset}/resolve/${commit}/${encoded}`,
    ]);
    configs.set(name, splits);
  }
  sendJson(exchange, Object.fromEntries([...configs].map(([name, splits]) => [name, Object.fromEntries(splits)])));
}

async function sendBytes(exchange: Exchange, file: ServedFile, headers: Record<string, string>): Promise<void> {
  const { request, response } = exchange;
  const range = parseRange(request.range, file.size);
  if (range === "unsatisfiable") return send(exchange, 416, { "Content-Range": `bytes */${file.size}` }, "");
  const [start, end] = range ?? [0, file.size];
  request.status = range ? 206 : 200;
  response.writeHead(request.status, {
    ...headers,
    "Content-Type": "application/octet-stream",
    "Accept-Ranges": "bytes",
    "Content-Length": end - start,
    ...(range ? { "Content-Range": `bytes ${start}-${end - 1}/${file.size}` } : {}),
  });
  if (request.method === "HEAD" || start === end) response.end();
  else await pipeline(createReadStream(file.place, { start, end: end - 1, highWaterMark: 2 ** 18 }), response);
}

/** A Range header to [start, end); undefined when there is none, or one that a server may ignore (RFC 9110, 14.2). */
function parseRange(header: string | undefined, size: number): [number, number] | "unsatisfiable" | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(Number(last) + 1, size);
  return start >= end ? "unsatisfiable" : [start, end];
}

/** The answer that a test made up. */
export function sendInjected(
  exchange: Exchange,
  { status, headers = {}, body = "", cutAfterBytes }: InjectedAnswer,
): void {
  const { request, response } = exchange;
  if (cutAfterBytes === undefined) {
    send(exchange, status, headers, body);
    return;
  }
  if (cutAfterBytes < 0) {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(body);
  request.status = status;
  response.writeHead(status, { "Content-Length": bytes.length, ...headers });
  response.write(bytes.subarray(0, cutAfterBytes), () => response.destroy());
}

function sendJson(exchange: Exchange, value: unknown, headers: Record<string, string> = {}): void {
  send(exchange, 200, { "Content-Type": "application/json; charset=utf-8", ...headers }, JSON.stringify(value));
}

function sendError(exchange: Exchange, status: number, code: string, message: string, headers = {}): void {
  const words = { ...(code === "" ? {} : { "X-Error-Code": code }), "X-Error-Message": message };
  const type = { "Content-Type": "application/json; charset=utf-8" };
  send(exchange, status, { ...headers, ...type, ...words }, JSON.stringify({ error: message }));
}

function send(exchange: Exchange, status: number, headers: Record<string, string>, body: string | Uint8Array): void {
  exchange.request.status = status;
  exchange.response.writeHead(status, { "Content-Length": Buffer.byteLength(body), ...headers });
  exchange.response.end(exchange.request.method === "HEAD" ? undefined : body);
}

function sign(secret: Buffer, path: string): string {
  return createHmac("sha256", secret).update(path).digest("hex");
}

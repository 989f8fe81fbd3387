import { SourceError } from "../contract/errors.ts";
import { TransientError } from "./hub-errors.ts";
import { ProxyConnectError } from "./proxies.ts";

// What a line can do to a request. undici's own retry list lacks the time-outs and EAI_AGAIN.
const TRANSIENT_CODES = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "ENOTFOUND",
  "ENETDOWN",
  "ENETUNREACH",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_PRX_CONN",
]);

/** What `request` threw, to what it means: worth another try, the end of this source, or (anything else) a bug as it is. */
export function toTransportError(error: unknown, host: string): unknown {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new TransientError("unreachable", host, "took too long to answer in full", { cause: error });
  }
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  if (TRANSIENT_CODES.has(code)) {
    const proxy = error instanceof ProxyConnectError ? error.proxy : undefined;
    const what = proxy === undefined ? "" : `can't be reached: the proxy on the way, ${proxy} (HTTPS_PROXY), `;
    return new TransientError("unreachable", host, `${what}failed with ${code}`, { cause: error });
  }
  // As when a connection is cut inside a chunk's head, or another program listens there. By name: it often has no code.
  if (error instanceof Error && error.name === "HTTPParserError") {
    return new TransientError("unreachable", host, `answered what is not HTTP: ${error.message}`, { cause: error });
  }
  const [, proxyStatus] = /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : "") ?? [];
  if (code === "UND_ERR_ABORTED" && proxyStatus !== undefined) return toProxyError(Number(proxyStatus), host, error);
  // Certificates, for one: no retry mends them. An invalid argument, though, is ours.
  if (code === "" || code.includes("INVALID_ARG")) return error;
  const message = `${host} could not be reached: ${(error as Error).message} (${code}).`;
  return new SourceError("unreachable", message, { cause: error });
}

/** A proxy that is asked for a way to `host` answers for itself: it may be as busy as the host. */
function toProxyError(status: number, host: string, cause: unknown): Error {
  const what = `can't be reached: the proxy on the way answered ${status}`;
  if (status === 408 || status === 429 || status >= 500)
    return new TransientError("unreachable", host, what, { cause });
  const todo = status === 407 ? "put its user and password into HTTPS_PROXY" : "check HTTPS_PROXY and NO_PROXY";
  return new SourceError("unreachable", `${host} ${what}: ${todo}.`, { cause });
}

import { Agent, type buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from "undici";
import { ProxyConnectError, readProxies } from "./proxies.ts";

/**
 * Milliseconds to wait for a connection, for an answer's head, between two pieces of its body (and the period in which a
 * body must bring something worth the wait), and for a whole request, to which its size at 50 kB/s is added.
 */
export type TimeoutsMs = {
  readonly connect: number;
  readonly headers: number;
  readonly body: number;
  readonly whole: number;
};

export const TIMEOUTS_MS: TimeoutsMs = { connect: 10_000, headers: 30_000, body: 30_000, whole: 2 * 60_000 };

const KEEP_ALIVE_MS = 30_000;

/** Connections to the hub and the hosts it leads to; each waits as long as `timeoutsMs` says. */
export function createDispatcher(hubUrl: URL, connections: number, timeoutsMs: TimeoutsMs): Dispatcher {
  const limits = { headersTimeout: timeoutsMs.headers, bodyTimeout: timeoutsMs.body };
  const settings: Agent.Options = {
    connections,
    keepAliveTimeout: KEEP_ALIVE_MS,
    ...limits,
    connect: { timeout: timeoutsMs.connect },
    allowH2: false, // one connection per request under way: that is what the limits above are measured with
  };
  // HTTP_PROXY, HTTPS_PROXY and NO_PROXY, but never for a hub on this machine.
  if (isLoopback(hubUrl)) return new Agent(settings);
  // The proxy itself is asked for a way through a pool of its own, which would know none of the limits.
  const clientFactory = (origin: URL, options: object) =>
    new Pool(origin, { ...options, ...limits, connect: blameProxy((options as ToProxy).connect, origin.host) });
  return new EnvHttpProxyAgent({ ...settings, ...readProxies(process.env), clientFactory });
}

type ToProxy = { readonly connect: buildConnector.connector };

function blameProxy(connect: buildConnector.connector, proxy: string): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error) callback(new ProxyConnectError(proxy, error), null);
      else callback(null, socket);
    });
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

import { DefinitionError } from "../contract/errors.ts";

export type Proxies = { readonly httpProxy: string; readonly httpsProxy: string };

/** The proxy itself can't be reached: to undici that looks as if the hub couldn't. */
export class ProxyConnectError extends Error {
  override name = "ProxyConnectError";
  /** HOST:PORT, without a password. */
  readonly proxy: string;
  /** As the system names what happened. */
  readonly code: string;

  constructor(proxy: string, cause: NodeJS.ErrnoException) {
    super(`the proxy on the way, ${proxy}: ${cause.message}`, { cause });
    this.proxy = proxy;
    this.code = cause.code ?? "";
  }
}

/**
 * The proxies that HTTP_PROXY and HTTPS_PROXY name, in small letters first, as curl reads them: `HOST:PORT` means http.
 * Empty where there is none. Throws DefinitionError, without the value: there may be a password in it.
 */
export function readProxies(environment: NodeJS.ProcessEnv): Proxies {
  return {
    httpProxy: readProxy(environment, ["http_proxy", "HTTP_PROXY"]),
    httpsProxy: readProxy(environment, ["https_proxy", "HTTPS_PROXY"]),
  };
}

function readProxy(environment: NodeJS.ProcessEnv, names: readonly string[]): string {
  const name = names.find((one) => environment[one] !== undefined) ?? "";
  const text = environment[name]?.trim() ?? "";
  if (text === "") return "";
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url !== null && /^(?:https?|socks5?):$/.test(url.protocol) && url.hostname !== "" && isDecodable(url))
    return url.href;
  throw new DefinitionError(
    `${name} is no proxy's address: expected http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT with %-escapes.`,
  );
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false; // a "%" that stands for itself
  }
}

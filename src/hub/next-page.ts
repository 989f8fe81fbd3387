/** A link and its parameters, up to the next link: quoted texts may hold commas and semicolons (RFC 8288, 3). */
const LINK = /<([^>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]*))?)*)/g;
const PARAMETER = /;\s*([^\s=;,"]+)(?:\s*=\s*(?:"([^"]*)"|([^\s;,"]*)))?/g;

/**
 * Where a `Link` header says that the next page is, in any form that RFC 8288 allows; undefined if it names none. A next
 * page that is not understood would be a listing without its end. Throws TypeError if it is no URL of the web.
 */
export function findNextPage(link: string | null, base: URL): URL | undefined {
  for (const [, target = "", parameters = ""] of (link ?? "").matchAll(LINK)) {
    if (!listRelations(parameters).includes("next")) continue;
    const url = URL.parse(target, base.href);
    if (url !== null && /^https?:$/.test(url.protocol)) return url;
    throw new TypeError(`the next page is at ${JSON.stringify(target.slice(0, 200))}, which is no URL of the web`);
  }
  return undefined;
}

function listRelations(parameters: string): string[] {
  for (const [, name = "", quoted, plain = ""] of parameters.matchAll(PARAMETER)) {
    if (name.toLowerCase() === "rel") return (quoted ?? plain).toLowerCase().split(/\s+/);
  }
  return [];
}

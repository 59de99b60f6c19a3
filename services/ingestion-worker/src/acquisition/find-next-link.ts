/** One link of the header: its target, then its parameters as they are written. */
const LINK = /<([^>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
const PARAMETER = /;\s*([^\s=;,"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

/**
 * The target of the first link of a Link header whose relation is `next`, as it is written; null when there is none. Of
 * a link's several `rel` the first one counts, and a link with an anchor is about something else than the page.
 * Source: RFC 8288, 3.
 */
export function findNextLink(header: string): string | null {
  for (const [, target = "", written = ""] of header.matchAll(LINK)) {
    const parameters = new Map<string, string>();
    for (const [, name = "", quoted, plain] of written.matchAll(PARAMETER)) {
      const key = name.toLowerCase();
      if (!parameters.has(key)) parameters.set(key, (quoted ?? plain ?? "").replace(/\\(.)/g, "$1"));
    }
    const relations = (parameters.get("rel") ?? "").toLowerCase().split(/\s+/);
    if (relations.includes("next") && !parameters.has("anchor")) return target;
  }
  return null;
}

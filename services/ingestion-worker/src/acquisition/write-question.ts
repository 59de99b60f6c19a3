import type { Endpoint } from "@xueshi/platforms";
import type { OutgoingRequest } from "./send-request.ts";

type Value = string | number | boolean;

/**
 * The request that asks an interface: parameters in the query, a JSON body or a form, the fixed ones among them.
 * What goes into a query or a form has sorted keys and spaces as %20: the text that is sent is the text that is signed.
 * @param counting parameters that a JSON body carries as numbers, besides those that the interface names
 */
export function writeQuestion(
  baseUrl: string,
  endpoint: Endpoint,
  parameters: Readonly<Record<string, string>>,
  counting: readonly string[],
): OutgoingRequest {
  const { method } = endpoint;
  const url = new URL(baseUrl + endpoint.path);
  const all = { ...endpoint.fixed, ...parameters };
  switch (endpoint.parameters) {
    case "query":
      url.search = writeForm(all);
      return method === "GET" ? { method, url, headers: {} } : { method, url, headers: {}, body: "" };
    case "form-body": {
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      return { method, url, headers, body: writeForm(all) };
    }
    case "json-body": {
      const numbers = new Set([...counting, ...endpoint.numbers]);
      const body = JSON.stringify(writeTree(endpoint, all, numbers));
      return { method, url, headers: { "content-type": "application/json" }, body };
    }
  }
}

/** Keys sorted, spaces as %20. */
export function writeForm(values: Readonly<Record<string, Value>>): string {
  return sorted(values)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join("&");
}

function sorted(values: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(values).toSorted(([left], [right]) => (left < right ? -1 : 1));
}

type Tree = Map<string, Tree | Value>;

function writeTree(
  endpoint: Endpoint,
  values: Readonly<Record<string, Value>>,
  numbers: ReadonlySet<string>,
): Record<string, unknown> {
  const root: Tree = new Map();
  for (const [name, value] of sorted(values)) {
    const path = endpoint.places[name] ?? [name];
    let branch = root;
    for (const key of path.slice(0, -1)) {
      const next = branch.get(key);
      const inner: Tree = next instanceof Map ? next : new Map();
      branch.set(key, inner);
      branch = inner;
    }
    branch.set(path.at(-1) ?? name, numbers.has(name) ? asNumber(value) : value);
  }
  return toObject(root);
}

function asNumber(value: Value): Value {
  const number = typeof value === "string" && /^(0|-?[1-9][0-9]{0,15})$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? number : value;
}

function toObject(tree: Tree): Record<string, unknown> {
  return Object.fromEntries([...tree].map(([key, value]) => [key, value instanceof Map ? toObject(value) : value]));
}

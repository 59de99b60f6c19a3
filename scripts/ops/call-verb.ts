import type { Language } from "@xueshi/contracts";
import { WrongUsage } from "../rules/verb.ts";
import type { OpsVerb } from "./verbs.ts";

/** Where the services are, and the operator's key. */
export interface OpsAccess {
  readonly ingestionUrl: string;
  readonly ledgerUrl: string;
  readonly apiKey: string;
}

export interface OpsAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Flags whose text is JSON. */
const JSON_FLAGS: ReadonlySet<string> = new Set(["correction", "body", "totals", "filter", "changes", "practitioner"]);

/** Flags whose text is a list, and the field that it is. */
const LIST_FLAGS: Readonly<Record<string, string>> = { records: "recordKeys" };

/** Flags whose text is a list of lists, these apart by semicolons, and the field that it is. */
const SET_FLAGS: Readonly<Record<string, string>> = { sets: "recordSets" };

const listOf = (text: string) => text.split(",").map((item) => item.trim());

/**
 * Calls the operation of a verb.
 * @param given arguments and flags as typed; throws `WrongUsage` for one that is missing or no JSON
 * @param send the Fetch of the process
 */
export async function callVerb(
  verb: OpsVerb,
  given: { readonly args: readonly string[]; readonly flags: Readonly<Record<string, string>> },
  access: OpsAccess,
  language: Language,
  send: typeof fetch,
): Promise<OpsAnswer> {
  const { route, takes, service } = verb;
  const named: Record<string, unknown> = { ...verb.fixed };
  takes.forEach((name, index) => {
    const value = given.args[index];
    if (value === undefined) throw new WrongUsage(`缺少 ${name}。`, `${name} is missing.`);
    named[name] = value;
  });
  for (const [name, value] of Object.entries(given.flags)) {
    const list = LIST_FLAGS[name];
    const sets = SET_FLAGS[name];
    if (list !== undefined) named[list] = listOf(value);
    else if (sets !== undefined) named[sets] = value.split(";").map(listOf);
    else named[name] = JSON_FLAGS.has(name) ? parse(name, value) : value;
  }
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = String(named[name] ?? "");
    delete named[name];
    return encodeURIComponent(value);
  });
  const base = service === "ledger" ? access.ledgerUrl : access.ingestionUrl;
  const url = new URL(base.replace(/\/+$/, "") + path);
  const takesBody = route.body !== undefined;
  if (!takesBody) for (const [name, value] of Object.entries(named)) url.searchParams.set(name, String(value));
  const response = await send(url, {
    method: route.method.toUpperCase(),
    headers: {
      Authorization: `Bearer ${access.apiKey}`,
      "Accept-Language": language,
      ...(takesBody ? { "Content-Type": "application/json" } : {}),
    },
    ...(takesBody ? { body: JSON.stringify(bodyOf(named)) } : {}),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

/** `--body` is the whole of it; words that are truths are sent as such. */
function bodyOf({ body, ...named }: Record<string, unknown>): unknown {
  if (body !== undefined) return body;
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, value === "true" ? true : value]));
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WrongUsage(`--${name} 须为 JSON。`, `--${name} is JSON.`);
  }
}

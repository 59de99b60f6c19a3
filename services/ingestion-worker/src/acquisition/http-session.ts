import type { HttpJsonConnection } from "@xueshi/platforms";
import type { Authoriser } from "./authorise.ts";
import { says } from "./json-path.ts";
import { logIn } from "./log-in.ts";
import { parseJson } from "./parse-json.ts";
import type { HttpTarget, PullContext } from "./pull-context.ts";
import type { PullReason } from "./pull-event.ts";
import { sendRequest } from "./send-request.ts";
import { signRequests } from "./sign-requests.ts";

/** What the reader of a body makes of it; a fault is asked for again like any other. */
export type Reading<Value> =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "fault"; readonly reason: PullReason };

export type BodyReader<Value> = (body: unknown, bytes: Uint8Array) => Reading<Value>;

/** Asks one platform; keeps its login from one request, and one pull, to the next. */
export interface HttpSession {
  /**
   * GETs a path until the body is good, with growing delays, at most `retry.attemptsMax` times.
   * @returns the value the reader made of the body, or the reason of the last attempt
   */
  readonly ask: <Value>(
    path: string,
    query: Readonly<Record<string, string>>,
    read: BodyReader<Value>,
    context: PullContext,
  ) => Promise<Reading<Value>>;
}

/** Trying again changes nothing about these. */
const FINAL_REASONS: ReadonlySet<PullReason> = new Set([
  "aborted",
  "login_refused",
  "redirect_refused",
  "body_too_large",
]);

type Attempt<Value> = Reading<Value> & { readonly retryAfterMs?: number };

/** A session for one platform; nothing is sent before the first question. */
export function createHttpSession(connection: HttpJsonConnection, target: HttpTarget): HttpSession {
  const base = { ...target, baseUrl: target.baseUrl.replace(/\/+$/, "") };
  const { auth, retry } = connection;
  const authoriser = auth.kind === "token-login" ? logIn(auth, connection, base) : signRequests(auth, base.credentials);
  return {
    async ask(path, query, read, context) {
      const url = new URL(base.baseUrl + path);
      url.search = writeQuery(query);
      for (let attempt = 1; ; attempt += 1) {
        const answer = await askOnce(connection, authoriser, url, read, context);
        if (answer.kind === "value" || FINAL_REASONS.has(answer.reason)) return answer;
        context.logger.warn("platform request failed", { path, attempt, reason: answer.reason });
        if (attempt >= retry.attemptsMax) return answer;
        const delayMs = Math.max(retry.delayMsFirst * 2 ** (attempt - 1), answer.retryAfterMs ?? 0);
        await context.delay(Math.min(delayMs, retry.delayMsMax), context.signal);
        if (context.signal.aborted) return { kind: "fault", reason: "aborted" };
      }
    },
  };
}

async function askOnce<Value>(
  connection: HttpJsonConnection,
  authoriser: Authoriser,
  url: URL,
  read: BodyReader<Value>,
  context: PullContext,
): Promise<Attempt<Value>> {
  const { notAuth, ok } = connection.envelope;
  for (let refusals = 1; ; refusals += 1) {
    const authorised = await authoriser.authorise({ method: "GET", url }, context);
    if (authorised.kind === "fault") return authorised;
    const received = await sendRequest({ method: "GET", url, headers: authorised.headers }, connection, context);
    if (received.kind === "fault") return received;
    const { status, headers, bytes } = received;
    const body = status === 200 ? parseJson(bytes) : undefined;
    if (status === 401 || (body !== undefined && notAuth !== null && says(body, notAuth))) {
      const reason = authoriser.refused(headers, refusals, context);
      if (reason !== null) return { kind: "fault", reason };
      continue;
    }
    if (status >= 300 && status < 400) return { kind: "fault", reason: "redirect_refused" };
    if (status !== 200) return { kind: "fault", reason: "http_status", ...retryAfter(headers) };
    if (body === undefined) return { kind: "fault", reason: "body_invalid" };
    return says(body, ok) ? read(body, bytes) : { kind: "fault", reason: "error_body" };
  }
}

function retryAfter(headers: Headers): { retryAfterMs?: number } {
  const seconds = headers.get("retry-after") ?? "";
  return /^[0-9]{1,6}$/.test(seconds) ? { retryAfterMs: Number(seconds) * 1_000 } : {};
}

/** Keys sorted, spaces as %20: the text that is sent is the text that is signed. */
function writeQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join("&");
}

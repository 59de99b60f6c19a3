import type { Endpoint, HttpJsonConnection } from "@xueshi/platforms";
import type { Authoriser } from "./authorise.ts";
import { chooseAuthoriser } from "./choose-authoriser.ts";
import { countingParameters } from "./counting-parameters.ts";
import { says } from "./json-path.ts";
import { Pace } from "./pace.ts";
import { parseJson } from "./parse-json.ts";
import type { HttpTarget, PullContext } from "./pull-context.ts";
import type { PullReason } from "./pull-event.ts";
import { retryAfterMs, retryDelayMs } from "./retry-delay.ts";
import { type OutgoingRequest, type Send, sendRequest } from "./send-request.ts";
import { writeQuestion } from "./write-question.ts";

/** What the reader of a body makes of it; a fault is asked for again like any other. */
export type Reading<Value> =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "fault"; readonly reason: PullReason };

/** What an answer says besides its body. */
export interface Answer {
  /** The address that was asked. */
  readonly url: URL;
  readonly headers: Headers;
}

export type BodyReader<Value> = (body: unknown, bytes: Uint8Array, answer: Answer) => Reading<Value>;

/** A link that the platform gave: an address, or its part behind the host of the target. */
export interface Link {
  readonly link: string;
}

/** What is asked: an interface as the connection describes it, or a link. */
export type Asked = Endpoint | Link;

/** Asks one platform; keeps its login from one request, and one pull, to the next. */
export interface HttpSession {
  /**
   * Asks until the body is good, with growing delays, at most `retry.attemptsMax` times. A link to another address than
   * the target's is `redirect_refused`; the parameters are not added to a link.
   * @returns the value the reader made of the body, or the reason of the last attempt
   */
  readonly ask: <Value>(
    asked: Asked,
    parameters: Readonly<Record<string, string>>,
    read: BodyReader<Value>,
    context: PullContext,
  ) => Promise<Reading<Value>>;
}

/** Trying again changes nothing about these. */
const FINAL_REASONS: ReadonlySet<PullReason> = new Set([
  "aborted",
  "credential_missing",
  "login_refused",
  "redirect_refused",
  "body_too_large",
]);

type Attempt<Value> = Reading<Value> & { readonly askedMs?: number };

/** What a session has to reach its platform with. */
interface Access {
  readonly connection: HttpJsonConnection;
  readonly authoriser: Authoriser;
  readonly pace: Pace;
  readonly send: Send;
}

/**
 * A session for one platform; nothing is sent before the first question.
 * @throws TypeError when requests carry a nonce and the target has no line
 */
export function createHttpSession(connection: HttpJsonConnection, target: HttpTarget): HttpSession {
  const { retry, rateLimit, paging, list } = connection;
  const base = withoutSlashes(target);
  const pace = target.line?.pace ?? new Pace(rateLimit?.requestsPerMinuteMax ?? null);
  const send: Send = (request, context) =>
    sendRequest(request, connection, { ...context, fetch: target.line?.fetch ?? context.fetch });
  const authoriser = chooseAuthoriser(connection, base, async (request, context) => {
    await pace.turn(context);
    return send(request, context);
  });
  const access = { connection, authoriser, pace, send };
  const counting = countingParameters(paging);
  return {
    async ask(asked, parameters, read, context) {
      const request = writeRequest(base.baseUrl, asked, parameters, counting);
      if (request === null) return { kind: "fault", reason: "redirect_refused" };
      // A link is the platform's own text and may say whom it is about.
      const path = "link" in asked ? list.path : asked.path;
      for (let attempt = 1; ; attempt += 1) {
        const answer = await askOnce(access, request, read, context);
        if (answer.kind === "value" || FINAL_REASONS.has(answer.reason)) return answer;
        context.logger.warn("platform request failed", { path, attempt, reason: answer.reason });
        if (attempt >= retry.attemptsMax) return answer;
        const random = target.line === undefined ? 1 : randomOf(target.line.newId());
        await context.delay(retryDelayMs(retry, attempt, answer.askedMs ?? 0, random), context.signal);
        if (context.signal.aborted) return { kind: "fault", reason: "aborted" };
      }
    },
  };
}

function withoutSlashes(target: HttpTarget): HttpTarget {
  const { baseUrl, tokenBaseUrl } = target;
  const strip = (url: string) => url.replace(/\/+$/, "");
  return { ...target, baseUrl: strip(baseUrl), tokenBaseUrl: strip(tokenBaseUrl ?? baseUrl) };
}

/** Null: a link that leads elsewhere. */
function writeRequest(
  baseUrl: string,
  asked: Asked,
  parameters: Readonly<Record<string, string>>,
  counting: readonly string[],
): OutgoingRequest | null {
  if ("link" in asked) {
    const url = URL.parse(asked.link, baseUrl);
    const isOwn = url?.origin === new URL(baseUrl).origin && url.username === "" && url.password === "";
    return isOwn ? { method: "GET", url, headers: {} } : null;
  }
  return writeQuestion(baseUrl, asked, parameters, counting);
}

/** From 0 up to 1. */
function randomOf(id: string): number {
  return Number.parseInt(id.slice(-8), 16) / 2 ** 32;
}

async function askOnce<Value>(
  { connection, authoriser, pace, send }: Access,
  request: OutgoingRequest,
  read: BodyReader<Value>,
  context: PullContext,
): Promise<Attempt<Value>> {
  const { notAuth, ok } = connection.envelope;
  for (let refusals = 1; ; refusals += 1) {
    let authorised = await authoriser.authorise(request, context);
    // A signature holds the time at which the request goes out, not that at which it began to wait.
    if (authorised.kind === "headers" && (await pace.turn(context))) {
      authorised = await authoriser.authorise(request, context);
    }
    if (authorised.kind === "fault") return authorised;
    const received = await send({ ...request, headers: { ...request.headers, ...authorised.headers } }, context);
    if (received.kind === "fault") return received;
    const { status, headers, bytes } = received;
    const body = status === 200 ? parseJson(bytes) : undefined;
    if (status === 401 || (body !== undefined && notAuth !== null && says(body, notAuth))) {
      const reason = authoriser.refused(headers, refusals, context);
      if (reason !== null) return { kind: "fault", reason };
      continue;
    }
    if (status >= 300 && status < 400) return { kind: "fault", reason: "redirect_refused" };
    if (status !== 200) {
      return { kind: "fault", reason: "http_status", askedMs: retryAfterMs(headers, context.clock()) };
    }
    if (body === undefined) return { kind: "fault", reason: "body_invalid" };
    if (ok !== null && !says(body, ok)) return { kind: "fault", reason: "error_body" };
    return read(body, bytes, { url: request.url, headers });
  }
}

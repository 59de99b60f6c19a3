import type { IncomingMessage } from "node:http";
import { PROBLEMS, type Route, type RouteInput } from "@xueshi/contracts";
import type { Context } from "hono";
import type { Authenticate } from "../auth/authenticate.ts";
import { requireScope } from "../auth/require-scope.ts";
import type { Deadlines } from "../limits/deadlines.ts";
import type { RateLimit } from "../limits/rate-limit.ts";
import type { ClassifyFailure } from "../problem/database-problem.ts";
import { HttpProblem } from "../problem/http-problem.ts";
import { asProblem, problemResponse } from "../problem/problem-response.ts";
import { headerOf, incomingOf } from "../request/headers.ts";
import { readEventRequest } from "../request/read-event-request.ts";
import { readIdempotencyKey } from "../request/read-idempotency-key.ts";
import { readLanguage } from "../request/read-language.ts";
import { readRequestId } from "../request/read-request-id.ts";
import { beginTexts } from "../response/begin-texts.ts";
import { answerResponse } from "./answer-response.ts";
import { type Answer, CurrentCall, type Handler } from "./call.ts";
import type { Logger } from "./logger.ts";
import { isStreamed, parseAddress, readRouteBody, streamRouteBody } from "./parse-input.ts";

/** What every route of an app shares. */
export interface CallEnvironment {
  readonly logger: Logger;
  readonly clock: () => number;
  readonly monotonicMs: () => number;
  readonly ids: () => string;
  readonly authenticate: Authenticate;
  readonly rateLimit: RateLimit | null;
  readonly reading: Deadlines;
  readonly handling: Deadlines;
  readonly logsAccess: boolean;
  readonly classifyFailure: ClassifyFailure;
}

/** Where an access line is written when the call is over. */
interface Line {
  readonly method: string;
  readonly route: string;
  readonly startedMs: number;
}

/** How long a streamed body may keep its reader waiting for each 16 KiB. */
const STREAM_WAIT_MS_MAX = 60_000;
const CLOSE = { Connection: "close" } as const;
const requestTimeout = (): HttpProblem => new HttpProblem("request_timeout", { headers: CLOSE });

/** Starts the call of a request: its id, its language and its arrival. */
export function startCall(context: Context, incoming: IncomingMessage | undefined, environment: CallEnvironment) {
  const requestId = readRequestId(headerOf(context, incoming, "x-request-id"), environment.ids);
  const language = readLanguage(headerOf(context, incoming, "accept-language"));
  return new CurrentCall(requestId, language, environment.clock());
}

/**
 * The whole way of a request on one route, in one function instead of a chain of middleware: key, scope, rate, address,
 * body, handler, answer. Cheap refusals come first; nothing of a body is read before the caller is known.
 */
export function handleCall<R extends Route>(route: R, handler: Handler<R>, environment: CallEnvironment) {
  const method = route.method.toUpperCase();
  const { handling } = environment;

  return async (context: Context): Promise<Response> => {
    const incoming = incomingOf(context);
    const line: Line = { method, route: route.path, startedMs: environment.monotonicMs() };
    const call = startCall(context, incoming, environment);
    try {
      const headers = route.scope === null ? null : await admit(route, context, incoming, call, environment);
      if (route.idempotent === true) {
        call.idempotencyKey = readIdempotencyKey(headerOf(context, incoming, "idempotency-key"), call.language);
      }
      if (route.events === true) call.events = readEventRequest((name) => headerOf(context, incoming, name));
      const { params, query } = parseAddress(route, context, call.language);
      const { body, arrived } = await bodyOf(route, context, incoming, call, environment);
      const input = { params, query, body } as RouteInput<R>;
      const handled = begun(handler(input, call as Parameters<Handler<R>>[1]));
      const inTime = () => handling.within(Promise.resolve(handled), () => outOfTime(call));
      const answer = handled instanceof Promise ? await afterArrival(arrived, handled, inTime) : handled;
      const streams = "lines" in answer || "lineTexts" in answer || "eventTexts" in answer;
      const problemOf = (thrown: unknown) => asProblem(thrown, environment.classifyFailure);
      const response = answerResponse(answer, call, headers, problemOf, (thrown) => {
        if (thrown !== null) reportFailure(problemOf(thrown), call, line, environment);
        logAccess(answer.status, call, line, environment);
      });
      if (!streams) logAccess(answer.status, call, line, environment);
      return response;
    } catch (thrown) {
      return failureResponse(thrown, call, line, environment);
    }
  };
}

interface TakenBody {
  readonly body: unknown;
  /** Resolves when nothing of the body is to come any more; null: all of it was there before the handler began. */
  readonly arrived: Promise<void> | null;
}

/** The parsed body, or one that the handler reads as it comes; undefined where the route takes none. */
async function bodyOf(
  route: Route,
  context: Context,
  incoming: IncomingMessage | undefined,
  call: CurrentCall,
  { reading, monotonicMs }: CallEnvironment,
): Promise<TakenBody> {
  if (isStreamed(route, context, incoming)) {
    const { promise: arrived, resolve: ended } = Promise.withResolvers<void>();
    const limits = { waiting: reading, waitMsMax: STREAM_WAIT_MS_MAX, monotonicMs, ended };
    return { body: streamRouteBody(route, context, incoming, call.language, limits), arrived };
  }
  if (route.body === undefined) return { body: undefined, arrived: null };
  const whole = readRouteBody(route.body, context, incoming, call.language);
  return { body: await reading.within(whole, requestTimeout), arrived: null };
}

/** An answer of texts has begun once its first one is there. */
function begun(answered: Answer | Promise<Answer>): Answer | Promise<Answer> {
  if (answered instanceof Promise) return answered.then(begun);
  if (!("lineTexts" in answered)) return answered;
  return beginTexts(answered.lineTexts).then((lineTexts) => ({ ...answered, lineTexts }));
}

/** While its body still comes a handler may take its time: the body has bounds of its own. */
function afterArrival(
  arrived: Promise<void> | null,
  handled: Promise<Answer>,
  inTime: () => Promise<Answer>,
): Promise<Answer> {
  return arrived === null ? inTime() : Promise.race([handled, arrived.then(inTime)]);
}

/** The caller's key, its scope and its rate; gives the headers that tell the rate, or null. */
async function admit(
  route: Route,
  context: Context,
  incoming: IncomingMessage | undefined,
  call: CurrentCall,
  environment: CallEnvironment,
): Promise<Readonly<Record<string, string>> | null> {
  const found = environment.authenticate(headerOf(context, incoming, "authorization"));
  const principal = found instanceof Promise ? await found : found;
  call.known = principal;
  if (route.scope !== null) requireScope(principal, route.scope);
  return environment.rateLimit === null ? null : environment.rateLimit(principal.keyId);
}

function outOfTime(call: CurrentCall): HttpProblem {
  call.abort();
  return new HttpProblem("deadline_exceeded", { headers: { "Retry-After": "1" } });
}

/** Answers what was thrown, and logs its cause for statuses from 500. */
export function failureResponse(
  thrown: unknown,
  call: CurrentCall,
  line: Line,
  environment: CallEnvironment,
): Response {
  const problem = asProblem(thrown, environment.classifyFailure);
  reportFailure(problem, call, line, environment);
  const response = problemResponse(problem, call.language, call.requestId);
  logAccess(PROBLEMS[problem.code].status, call, line, environment);
  return response;
}

function reportFailure(problem: HttpProblem, call: CurrentCall, line: Line, environment: CallEnvironment): void {
  if (PROBLEMS[problem.code].status < 500) return;
  const { requestId } = call;
  environment.logger.error("request failed", {
    requestId,
    route: line.route,
    code: problem.code,
    error: problem.cause,
  });
}

/** One line per request: the route's pattern, never its path parameters or query. */
function logAccess(status: number, call: CurrentCall, line: Line, environment: CallEnvironment): void {
  if (!environment.logsAccess) return;
  const ms = Math.round((environment.monotonicMs() - line.startedMs) * 100) / 100;
  const { method, route } = line;
  environment.logger.info("request", {
    method,
    route,
    status,
    ms,
    requestId: call.requestId,
    keyId: call.known?.keyId,
  });
}

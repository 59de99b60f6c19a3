import { LANGUAGE_DEFAULT, type Language, type Route, type Text } from "@xueshi/contracts";
import { type Context, Hono } from "hono";
import type { Authenticate } from "../auth/authenticate.ts";
import { docsPage } from "../docs/docs-page.ts";
import { createDeadlines } from "../limits/deadlines.ts";
import type { RateLimit } from "../limits/rate-limit.ts";
import { type OpenApiDocument, openApiDocument } from "../openapi/openapi-document.ts";
import type { ClassifyFailure } from "../problem/database-problem.ts";
import { HttpProblem } from "../problem/http-problem.ts";
import { problemResponse } from "../problem/problem-response.ts";
import { incomingOf } from "../request/headers.ts";
import type { Answer, Handler } from "./call.ts";
import { type CallEnvironment, failureResponse, handleCall, startCall } from "./handle-call.ts";
import type { Logger } from "./logger.ts";
import { createReadiness, type ReadinessChecks } from "./readiness.ts";
import { docsRoute, documentRoute, healthRoute, readinessRoute } from "./service-routes.ts";
import { honoPath, methodsAt } from "./unmatched.ts";

export interface AppOptions {
  readonly title: Text;
  readonly version: string;
  readonly logger: Logger;
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number;
  /** Makes request ids. */
  readonly ids: () => string;
  readonly authenticate: Authenticate;
  /** What may be done after a failure that is no problem of the closed list. */
  readonly classifyFailure: ClassifyFailure;
  /** Absent: no limit. */
  readonly rateLimit?: RateLimit;
  /** What must work before requests are taken; each check rejects when it does not. */
  readonly readiness?: ReadinessChecks;
  /** How long a handler may take. Default 30,000. */
  readonly handlerTimeoutMsMax?: number;
  /** How long a body may take to arrive. Default 30,000. */
  readonly bodyTimeoutMsMax?: number;
  /** One log line per request; default true. */
  readonly accessLog?: boolean;
}

export interface App {
  /** Serves an operation of the contract; it is in the document from then on. */
  route<R extends Route>(route: R, handler: Handler<R>): App;
  readonly fetch: (request: Request, bindings?: object) => Response | Promise<Response>;
  readonly routes: readonly Route[];
  document(): OpenApiDocument;
  /** From here on /readyz says `draining`, so that no new callers are sent here. */
  startDraining(): void;
  /** The answer to a request that is no valid HTTP request at all. */
  malformedRequest(cause: unknown): Response;
}

/** Makes the app of one service: its own routes are added with `route`, those of every service are there. */
export function createApp(options: AppOptions): App {
  const monotonicMs = (): number => performance.now();
  const environment: CallEnvironment = {
    logger: options.logger,
    clock: options.clock,
    monotonicMs,
    ids: options.ids,
    authenticate: options.authenticate,
    rateLimit: options.rateLimit ?? null,
    reading: createDeadlines(options.bodyTimeoutMsMax ?? 30_000, monotonicMs),
    handling: createDeadlines(options.handlerTimeoutMsMax ?? 30_000, monotonicMs),
    logsAccess: options.accessLog ?? true,
    classifyFailure: options.classifyFailure,
  };
  const hono = new Hono();
  const routes: Route[] = [];
  let draining = false;

  const app: App = {
    route(route, handler) {
      if (routes.some((other) => other.method === route.method && other.path === route.path)) {
        throw new TypeError(`the route ${route.method} ${route.path} is there already`);
      }
      routes.push(route);
      hono.on(route.method.toUpperCase(), honoPath(route.path), handleCall(route, handler, environment));
      return app;
    },
    fetch: hono.fetch as App["fetch"],
    routes,
    document: () => openApiDocument(routes, options),
    startDraining() {
      draining = true;
    },
    malformedRequest: () => problemResponse(new HttpProblem("malformed_request"), LANGUAGE_DEFAULT, environment.ids()),
  };
  hono.notFound((context) => unmatched(context, routes, environment));
  hono.onError((error, context) => failed(error, context, environment));
  app.route(healthRoute, () => ({ status: 200, json: { state: "alive" } }));
  const answerReadiness = createReadiness(options.readiness ?? {}, options.logger);
  app.route(readinessRoute, () => answerReadiness(draining));
  app.route(
    documentRoute,
    once(() => ({ status: 200, jsonText: JSON.stringify(app.document()) })),
  );
  const pages: Partial<Record<Language, Answer>> = {};
  app.route(docsRoute, ({ query }, call) => {
    const language = query.lang ?? call.language;
    pages[language] ??= docsPage(routes, options, language);
    return pages[language];
  });
  return app;
}

function unmatched(context: Context, routes: readonly Route[], environment: CallEnvironment): Response {
  const call = startCall(context, incomingOf(context), environment);
  const line = { method: context.req.method, route: "(none)", startedMs: environment.monotonicMs() };
  const methods = methodsAt(context.req.path, routes);
  const problem =
    methods.length === 0
      ? new HttpProblem("route_not_found")
      : new HttpProblem("method_not_allowed", { headers: { Allow: methods.join(", ") } });
  return failureResponse(problem, call, line, environment);
}

function failed(error: Error, context: Context, environment: CallEnvironment): Response {
  const call = startCall(context, incomingOf(context), environment);
  const line = { method: context.req.method, route: "(none)", startedMs: environment.monotonicMs() };
  return failureResponse(error, call, line, environment);
}

function once(make: () => Answer): () => Answer {
  let made: Answer | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

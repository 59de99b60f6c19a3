import type { IncomingMessage } from "node:http";
import { type Language, parseBody, type Route, type RouteBody } from "@xueshi/contracts";
import type { Context } from "hono";
import { z } from "zod";
import { HttpProblem } from "../problem/http-problem.ts";
import { checkContentType } from "../request/check-content-type.ts";
import { headerOf } from "../request/headers.ts";
import { parseJson } from "../request/parse-json.ts";
import { checkContentLength, readIncoming, readRequest } from "../request/read-body.ts";
import { splitLines } from "../request/split-lines.ts";

const NO_QUERY = z.strictObject({});

/** Parses path and query; a query that the route does not know is refused like any unknown field. */
export function parseAddress(route: Route, context: Context, language: Language) {
  const params = route.params === undefined ? undefined : valid(route.params, context.req.param(), language);
  const asked = route.query !== undefined || context.req.raw.url.includes("?");
  const query = asked ? valid(route.query ?? NO_QUERY, context.req.query(), language) : undefined;
  return { params, query };
}

/** Reads, parses and validates the body of a route that takes one. */
export async function readRouteBody(
  body: RouteBody,
  context: Context,
  incoming: IncomingMessage | undefined,
  language: Language,
): Promise<unknown> {
  const length = headerOf(context, incoming, "content-length");
  const chunked = headerOf(context, incoming, "transfer-encoding") !== undefined;
  if (
    body.optional === true &&
    (length === "0" || (length === undefined && !chunked && !hasStream(context, incoming)))
  ) {
    return undefined;
  }
  const contentType = headerOf(context, incoming, "content-type");
  const form = checkContentType(contentType, headerOf(context, incoming, "content-encoding"), body.lines !== undefined);
  const bytesMax = form === "lines" && body.lines !== undefined ? body.lines.bytesMax : body.bytesMax;
  checkContentLength(length, bytesMax);
  const bytes =
    incoming === undefined ? await readRequest(context.req.raw, bytesMax) : await readIncoming(incoming, bytesMax);
  if (body.lines === undefined) return valid(body.schema, parseJson(bytes), language);
  if (form === "lines") return { form, lines: splitLines(bytes, body.lines, language) };
  return { form, value: valid(body.schema, parseJson(bytes), language) };
}

/** Without a server the request has a stream or not; with one, the headers say whether a body comes. */
function hasStream(context: Context, incoming: IncomingMessage | undefined): boolean {
  return incoming === undefined && context.req.raw.body !== null;
}

function valid(schema: z.ZodType, value: unknown, language: Language): unknown {
  const parsed = parseBody(schema, value, language);
  if (parsed.ok) return parsed.value;
  throw new HttpProblem("validation_failed", { errors: parsed.errors });
}

import type { IncomingMessage } from "node:http";
import { type Language, parseBody, type Route, type RouteBody } from "@xueshi/contracts";
import type { Context } from "hono";
import { z } from "zod";
import { HttpProblem } from "../problem/http-problem.ts";
import { type BodyForm, checkContentType } from "../request/check-content-type.ts";
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

/**
 * Reads, parses and validates the body of a route that takes one. Its type is checked before any of it is read, but
 * where the body may be left out an empty one needs no type.
 */
export async function readRouteBody(
  body: RouteBody,
  context: Context,
  incoming: IncomingMessage | undefined,
  language: Language,
): Promise<unknown> {
  const formOf = (): BodyForm =>
    checkContentType(
      headerOf(context, incoming, "content-type"),
      headerOf(context, incoming, "content-encoding"),
      body.lines !== undefined,
    );
  const form = body.optional === true ? null : formOf();
  const bytesMax = form === "lines" && body.lines !== undefined ? body.lines.bytesMax : body.bytesMax;
  checkContentLength(headerOf(context, incoming, "content-length"), bytesMax);
  const bytes =
    incoming === undefined ? await readRequest(context.req.raw, bytesMax) : await readIncoming(incoming, bytesMax);
  if (form === null && bytes.length === 0) return undefined;
  const known = form ?? formOf();
  if (body.lines === undefined) return valid(body.schema, parseJson(bytes), language);
  if (known === "lines") return { form: known, lines: splitLines(bytes, body.lines, language) };
  return { form: known, value: valid(body.schema, parseJson(bytes), language) };
}

function valid(schema: z.ZodType, value: unknown, language: Language): unknown {
  const parsed = parseBody(schema, value, language);
  if (parsed.ok) return parsed.value;
  throw new HttpProblem("validation_failed", { errors: parsed.errors });
}

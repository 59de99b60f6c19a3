import type { IncomingMessage } from "node:http";
import {
  type BodyBytes,
  type Language,
  parseBody,
  type Route,
  type RouteBody,
  type RouteBytes,
} from "@xueshi/contracts";
import type { Context } from "hono";
import { z } from "zod";
import { HttpProblem } from "../problem/http-problem.ts";
import { bodyChunks, type ChunkLimits } from "../request/body-chunks.ts";
import {
  type BodyForm,
  checkContentEncoding,
  checkContentType,
  checkMediaType,
} from "../request/check-content-type.ts";
import { headerOf } from "../request/headers.ts";
import { inflateBody, inflateChunks } from "../request/inflate-body.ts";
import { parseJson } from "../request/parse-json.ts";
import { checkContentLength, readIncoming, readRequest } from "../request/read-body.ts";
import { splitLines } from "../request/split-lines.ts";
import { streamBodyLines } from "../request/stream-body-lines.ts";

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
    checkContentType(headerOf(context, incoming, "content-type"), body.lines !== undefined);
  const encoding = checkContentEncoding(headerOf(context, incoming, "content-encoding"));
  const form = body.optional === true ? null : formOf();
  const bytesMax = form === "lines" && body.lines !== undefined ? body.lines.bytesMax : body.bytesMax;
  checkContentLength(headerOf(context, incoming, "content-length"), bytesMax);
  const sent =
    incoming === undefined ? await readRequest(context.req.raw, bytesMax) : await readIncoming(incoming, bytesMax);
  const bytes = await inflateBody(sent, encoding, bytesMax);
  if (form === null && bytes.length === 0) return undefined;
  const known = form ?? formOf();
  if (body.lines === undefined) return valid(body.schema, parseJson(bytes), language);
  if (known === "lines") return { form: known, lines: splitLines(bytes, body.lines, language) };
  return { form: known, value: valid(body.schema, parseJson(bytes), language) };
}

/** Whether the body of a route is read by its handler, by what the headers say. */
export function isStreamed(route: Route, context: Context, incoming: IncomingMessage | undefined): boolean {
  if (route.bytes !== undefined) return true;
  if (route.body?.lines?.streamed !== true) return false;
  return checkContentType(headerOf(context, incoming, "content-type"), true) === "lines";
}

/** The body of a route as its handler reads it: lines in groups, or bytes. Headers are checked before any of it is read. */
export function streamRouteBody(
  route: Route,
  context: Context,
  incoming: IncomingMessage | undefined,
  language: Language,
  limits: Omit<ChunkLimits, "bytesMax">,
): { readonly form: "lines"; readonly lines: AsyncIterable<unknown> } | BodyBytes {
  const encoding = checkContentEncoding(headerOf(context, incoming, "content-encoding"));
  const bound: RouteBytes | NonNullable<RouteBody["lines"]> | undefined = route.bytes ?? route.body?.lines;
  if (bound === undefined) throw new TypeError("the route reads its body whole");
  const { bytesMax } = bound;
  checkContentLength(headerOf(context, incoming, "content-length"), bytesMax);
  const chunks = inflateChunks(bodyChunks(incoming ?? context.req.raw, { ...limits, bytesMax }), encoding);
  if ("lineBytesMax" in bound) return { form: "lines", lines: streamBodyLines(chunks, bound, language) };
  const type = checkMediaType(headerOf(context, incoming, "content-type"), bound.mediaTypes);
  return { ...type, chunks: boundedChunks(chunks, bytesMax) };
}

/** Unpacked bytes are counted too, so that a small body cannot become a large one. */
async function* boundedChunks(chunks: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new HttpProblem("body_too_large", { headers: { Connection: "close" } });
    yield chunk;
  }
}

function valid(schema: z.ZodType, value: unknown, language: Language): unknown {
  const parsed = parseBody(schema, value, language);
  if (parsed.ok) return parsed.value;
  throw new HttpProblem("validation_failed", { errors: parsed.errors });
}

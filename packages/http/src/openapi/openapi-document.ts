import { LANGUAGES, PROBLEMS, type ProblemCode, problemSchema, type Route, type Text } from "@xueshi/contracts";
import type { z } from "zod";
import { jsonSchema } from "./json-schema.ts";

export interface DocumentInfo {
  readonly title: Text;
  readonly version: string;
}

type Json = Record<string, unknown>;

/** An OpenAPI 3.1 document; loosely typed, because it is only written. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: Json;
  readonly paths: Record<string, Record<string, Json>>;
  readonly components: { readonly schemas: Record<string, Json>; readonly securitySchemes: Json };
}

const EVERY_ROUTE: readonly ProblemCode[] = ["internal_error", "deadline_exceeded"];
const WITH_KEY: readonly ProblemCode[] = [
  "credentials_missing",
  "credentials_invalid",
  "scope_missing",
  "rate_limited",
  "service_unavailable",
];
const WITH_BODY: readonly ProblemCode[] = [
  "malformed_json",
  "request_timeout",
  "body_too_large",
  "unsupported_media_type",
];

const WITH_BYTES: readonly ProblemCode[] = ["request_timeout", "body_too_large", "unsupported_media_type"];
const IDEMPOTENT: readonly ProblemCode[] = ["idempotency_key_in_use", "idempotency_key_reused"];
/** Draft ietf-httpapi-idempotency-key-header, as a plain string. */
const IDEMPOTENCY_KEY: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "同一请求重发时用同一键，只生效一次，保留 7 天 / The same key for the same request sent again: it takes effect once; kept for 7 days",
  schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[\\x21-\\x7e]+$" },
};

/** Every code that a route can answer, by what it takes; the closed list of its problems. */
export function problemsOf(route: Route): ProblemCode[] {
  const takesInput = route.body !== undefined || route.query !== undefined || route.params !== undefined;
  const codes = new Set<ProblemCode>([
    ...(takesInput ? (["validation_failed"] as const) : []),
    ...(route.scope === null ? [] : WITH_KEY),
    ...(route.scope === null || route.method === "get" ? [] : (["outcome_unknown"] as const)),
    ...(route.body === undefined ? [] : WITH_BODY),
    ...(route.bytes === undefined ? [] : WITH_BYTES),
    ...(route.idempotent === true ? IDEMPOTENT : []),
    ...route.problems,
    ...EVERY_ROUTE,
  ]);
  return [...codes].sort((left, right) => PROBLEMS[left].status - PROBLEMS[right].status || (left < right ? -1 : 1));
}

/** Builds the document from the same routes and schemas that serve requests, so that it cannot say anything else. */
export function openApiDocument(routes: readonly Route[], info: DocumentInfo): OpenApiDocument {
  const schemas: Record<string, Json> = { Problem: jsonSchema(problemSchema, "output") };
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of inReadingOrder(routes)) {
    paths[route.path] ??= {};
    const path = paths[route.path];
    if (path !== undefined) path[route.method] = operation(route, schemas);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: bilingual(info.title),
      version: info.version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: { schemas, securitySchemes: { apiKey: { type: "http", scheme: "bearer", bearerFormat: "xs_…" } } },
  };
}

/** The service's own operations first, those that every service has last. */
export function inReadingOrder(routes: readonly Route[]): Route[] {
  return [...routes.filter((route) => route.tag !== "service"), ...routes.filter((route) => route.tag === "service")];
}

function operation(route: Route, schemas: Record<string, Json>): Json {
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: bilingual(route.summary),
    parameters: [
      ...parameters(route.params, "path"),
      ...parameters(route.query, "query"),
      ...(route.idempotent === true ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body, schemas) }),
    ...(route.bytes === undefined ? {} : { requestBody: bytesBody(route.bytes) }),
    responses: { ...successes(route, schemas), ...failures(route) },
    security: route.scope === null ? [] : [{ apiKey: [route.scope] }],
  };
}

function parameters(schema: z.ZodType | undefined, place: "path" | "query"): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: property,
  }));
}

function requestBody(body: NonNullable<Route["body"]>, schemas: Record<string, Json>): Json {
  schemas[body.name] = jsonSchema(body.documented ?? body.schema, "input");
  const content: Json = { "application/json": { schema: reference(body.name), example: body.example } };
  if (body.lines !== undefined) content["application/x-ndjson"] = { schema: { type: "string" } };
  const { lines } = body;
  const ofLines = lines === undefined ? {} : { "x-lines-max": lines.linesMax, "x-lines-bytes-max": lines.bytesMax };
  return { required: body.optional !== true, content, "x-bytes-max": body.bytesMax, ...ofLines };
}

function bytesBody(bytes: NonNullable<Route["bytes"]>): Json {
  const content = Object.fromEntries(
    bytes.mediaTypes.map((type) => [type, { schema: { type: "string", format: "binary" } }]),
  );
  return { required: true, content, "x-bytes-max": bytes.bytesMax };
}

function successes(route: Route, schemas: Record<string, Json>): Json {
  const responses: Json = {};
  for (const [status, response] of Object.entries(route.responses)) {
    const content: Json = {};
    if (response.schema !== undefined && response.name !== undefined) {
      schemas[response.name] = jsonSchema(response.schema, "output");
      content["application/json"] = { schema: reference(response.name) };
    }
    for (const type of response.otherTypes ?? []) content[type] = { schema: { type: "string" } };
    responses[status] = { description: bilingual(response.description), content };
  }
  return responses;
}

function failures(route: Route): Json {
  const codesByStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(route)) {
    const { status } = PROBLEMS[code];
    if (status in route.responses) continue;
    codesByStatus.set(status, [...(codesByStatus.get(status) ?? []), code]);
  }
  const content = { "application/problem+json": { schema: reference("Problem") } };
  return Object.fromEntries(
    [...codesByStatus].map(([status, codes]) => [String(status), { description: codes.join(", "), content }]),
  );
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function bilingual(text: Text): string {
  return LANGUAGES.map((language) => text[language]).join(" / ");
}

import type { z } from "zod";
import type { ProblemCode } from "../catalogue/problems.ts";
import type { Text } from "../language.ts";
import type { Scope } from "../scopes.ts";

export type HttpMethod = "get" | "post" | "put" | "delete";

/** A JSON answer with its schema, or another media type without one. */
export interface RouteResponse {
  readonly description: Text;
  /** Name under `components/schemas`, and the schema of the answer. */
  readonly name?: string;
  readonly schema?: z.ZodType;
  /** Further media types of the same answer, such as `application/x-ndjson`. */
  readonly otherTypes?: readonly string[];
}

/** A JSON body: what validates it, what the document shows where that says more, an example, and how large it may be. */
export interface RouteBody {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly documented?: z.ZodType;
  /** A body that the operation takes, for the document and the docs page; its people are fictional. */
  readonly example: unknown;
  readonly bytesMax: number;
  /** Whether the body may be left out, as with a DELETE whose reason is in the query. */
  readonly optional?: boolean;
  /** Present when the operation also takes one JSON value per line, streamed. */
  readonly lines?: {
    readonly bytesMax: number;
    readonly lineBytesMax: number;
    readonly linesMax: number;
    /** Lines reach the handler while the body still arrives, and answers go out meanwhile; bytes are counted decoded. */
    readonly streamed?: true;
  };
}

/** A body of other bytes than JSON, which the handler reads as they come. */
export interface RouteBytes {
  readonly name: string;
  /** Media types that are taken; parameters such as `charset` are passed on. */
  readonly mediaTypes: readonly string[];
  readonly bytesMax: number;
}

/** One operation of an outside interface: all that the server, the document and a client need to know. */
export interface Route {
  readonly method: HttpMethod;
  /** OpenAPI form: `/v1/batches/{batchId}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: Text;
  /** The scope that a key needs; null for public operations. */
  readonly scope: Scope | null;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: RouteBody;
  /** Instead of `body`. */
  readonly bytes?: RouteBytes;
  /** Whether the operation honours an Idempotency-Key; the docs say so. */
  readonly idempotent?: true;
  /** Whether the operation also answers as a stream of events (WHATWG HTML, 9.2), where `Accept` asks for one. */
  readonly events?: true;
  readonly responses: Readonly<Record<number, RouteResponse>>;
  /** Problems of this operation besides those that every operation can answer. */
  readonly problems: readonly ProblemCode[];
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** One line of a body that came as NDJSON, counted from 1. Empty lines are left out but counted. */
export type BodyLine =
  | { readonly ok: true; readonly line: number; readonly value: unknown }
  | { readonly ok: false; readonly line: number };

/** A body of a route that also takes lines: which of the two forms came. */
export type JsonOrLines<Value> =
  | { readonly form: "json"; readonly value: Value }
  | { readonly form: "lines"; readonly lines: Iterable<BodyLine> };

/** A line of a streamed body with its bytes as they came; of a line that is too long, with the beginning of them. */
export type StreamedLine = BodyLine & { readonly bytes: Uint8Array };

/** The same where lines are streamed: they come in groups, as the body does. */
export type JsonOrStream<Value> =
  | { readonly form: "json"; readonly value: Value }
  | { readonly form: "lines"; readonly lines: AsyncIterable<readonly StreamedLine[]> };

/** Bytes of a body with their media type; reading them throws the problem of a body that is too large or too slow. */
export interface BodyBytes {
  readonly mediaType: string;
  /** The `charset` parameter, lower case; null: none was given. */
  readonly charset: string | null;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What a handler receives: path parameters, query and body, all parsed; `undefined` where the route has none. */
export interface RouteInput<R extends Route> {
  readonly params: Output<R["params"]>;
  readonly query: Output<R["query"]>;
  readonly body: R["bytes"] extends object ? BodyBytes : BodyOutput<R["body"]>;
}

type BodyOutput<Body> = Body extends { readonly schema: infer Schema }
  ? Body extends { readonly lines: { readonly streamed: true } }
    ? JsonOrStream<Output<Schema>>
    : Body extends { readonly lines: object }
      ? JsonOrLines<Output<Schema>>
      : Body extends { readonly optional: true }
        ? Output<Schema> | undefined
        : Output<Schema>
  : undefined;

/** Names a route without widening its type. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}

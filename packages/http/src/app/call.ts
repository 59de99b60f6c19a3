import type { Language, Route, RouteInput } from "@xueshi/contracts";
import type { Principal } from "../auth/principal.ts";

/** One request as a handler sees it, beside its parsed input. */
export interface Call {
  readonly requestId: string;
  readonly language: Language;
  /** Milliseconds since 1970 UTC, by the app's clock. */
  readonly receivedAtMs: number;
  /** On routes that are idempotent; null: none was sent. */
  readonly idempotencyKey: string | null;
  /** On routes with events: where the caller's stream broke off, or the beginning; null: no stream is asked for. */
  readonly events: { readonly lastEventId: string | null } | null;
  /** Aborted when the request has run out of time. */
  readonly signal: AbortSignal;
}

/** On routes with a scope the caller is known. */
export interface AuthenticatedCall extends Call {
  readonly principal: Principal;
}

type CallOf<R extends Route> = R["scope"] extends null ? Call : AuthenticatedCall;

/** What a handler answers: a value to serialise, JSON that is serialised already, or lines to stream as NDJSON. */
export type Answer =
  | { readonly status: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status: number; readonly jsonText: string }
  | { readonly status: number; readonly lines: AsyncIterable<unknown> | Iterable<unknown> }
  /** NDJSON that is written already: whole lines in each text. */
  | { readonly status: number; readonly lineTexts: AsyncIterable<string> }
  /** Frames of an event stream, whole ones in each text; empty texts are not sent. */
  | { readonly status: number; readonly eventTexts: AsyncIterable<string> }
  | {
      readonly status: number;
      readonly bytes: Uint8Array;
      readonly contentType: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly status: number;
      readonly text: string;
      readonly contentType: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Answers one operation; anything thrown that is no `HttpProblem` is answered `internal_error`. */
export type Handler<R extends Route> = (input: RouteInput<R>, call: CallOf<R>) => Answer | Promise<Answer>;

/** The call that the app passes on; its abort signal is made only when a handler asks for it. */
export class CurrentCall implements AuthenticatedCall {
  readonly requestId: string;
  readonly language: Language;
  readonly receivedAtMs: number;
  idempotencyKey: string | null = null;
  events: { readonly lastEventId: string | null } | null = null;
  /** Set before the handler runs on routes with a scope. */
  known: Principal | null = null;
  #controller: AbortController | null = null;
  #aborted = false;

  constructor(requestId: string, language: Language, receivedAtMs: number) {
    this.requestId = requestId;
    this.language = language;
    this.receivedAtMs = receivedAtMs;
  }

  get principal(): Principal {
    if (this.known === null) throw new TypeError("the route is public: it has no principal");
    return this.known;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort();
  }
}

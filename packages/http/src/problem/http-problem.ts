import type { FieldError, ProblemCode } from "@xueshi/contracts";

export interface HttpProblemOptions {
  /** The fields at fault, beside `validation_failed`. */
  readonly errors?: readonly FieldError[];
  /** Further response headers, such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What went wrong inside; logged for statuses from 500, never sent. */
  readonly cause?: unknown;
}

/** Thrown anywhere in a request to answer with a problem of the closed list. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, options: HttpProblemOptions = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}

import { problemType } from "../catalogue/catalogue.ts";
import { PROBLEMS, type ProblemCode } from "../catalogue/problems.ts";
import type { Language } from "../language.ts";
import type { FieldError } from "../validation/field-errors.ts";

/** RFC 9457 problem details as they are sent. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

/** The problem of a code in the caller's language; `errors` only beside `validation_failed`. */
export function presentProblem(
  code: ProblemCode,
  language: Language,
  requestId: string,
  errors: readonly FieldError[] = [],
): Problem {
  const { status, title, message } = PROBLEMS[code];
  const problem = {
    type: problemType(code),
    title: title[language],
    status,
    detail: message[language],
    code,
    requestId,
  };
  return errors.length === 0 ? problem : { ...problem, errors };
}

import type { z } from "zod";
import { FIELD_ERRORS, type FieldErrorCode } from "../catalogue/field-errors.ts";
import { renderText } from "../catalogue/render-text.ts";
import type { Language } from "../language.ts";

/** One place that is not acceptable: `path` names the field, never its value. */
export interface FieldError {
  readonly path: string;
  readonly code: FieldErrorCode;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;
type Details = Readonly<Record<string, string>>;
type Finding = { readonly path: readonly PropertyKey[]; readonly code: FieldErrorCode; readonly details: Details };

const ERRORS_MAX = 50;
const SEGMENT_CHARACTERS_MAX = 64;

/**
 * Turns the issues of a zod schema into field errors of the closed list, at most 50. Messages carry limits and lists of
 * the contract, never what was sent; of a union, the alternative that fits best is reported.
 */
export function fieldErrors(issues: readonly Issue[], language: Language): FieldError[] {
  return issues
    .flatMap((item) => findings(item, []))
    .slice(0, ERRORS_MAX)
    .map((finding) => fieldError(pathText(finding.path), finding.code, language, finding.details));
}

/** One field error made by hand, for what a schema cannot see. */
export function fieldError(path: string, code: FieldErrorCode, language: Language, details: Details = {}): FieldError {
  return { path, code, message: renderText(FIELD_ERRORS[code].message[language], details) };
}

/** The field error for a word outside the closed lists, or missing where it decides (`declarationProblem` of the core). */
export function declarationFieldError(
  problem: { readonly field: string; readonly code: string; readonly allowed: readonly string[] },
  language: Language,
): FieldError {
  const code = problem.code.endsWith("_required")
    ? "required"
    : problem.code === "grant_repeated"
      ? "one_per_year"
      : "value_not_listed";
  return fieldError(`declaration.${problem.field}`, code, language, { allowed: problem.allowed.join(", ") });
}

/** `["records", 3, "hours"]` → `records[3].hours`. Unknown names are cut, and long digit runs in them masked. */
function pathText(path: readonly PropertyKey[]): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") text += `[${segment}]`;
    else text += `${text === "" ? "" : "."}${safeSegment(String(segment))}`;
  }
  return text;
}

function safeSegment(segment: string): string {
  return segment.slice(0, SEGMENT_CHARACTERS_MAX).replace(/\d{6,}[\dXx]*/gu, "*");
}

function findings(item: Issue, base: readonly PropertyKey[]): Finding[] {
  const path = [...base, ...item.path];
  switch (item.code) {
    case "unrecognized_keys":
      return item.keys.map((key) => ({ path: [...path, key], code: "unknown_field", details: {} }));
    case "invalid_type":
      return [typeFinding(path, item)];
    case "invalid_value":
      return [valueFinding(path, item)];
    case "too_small":
      return [sizeFinding(path, item.origin, "minimum", Number(item.minimum), item)];
    case "too_big":
      return [sizeFinding(path, item.origin, "maximum", Number(item.maximum), item)];
    case "invalid_format":
      return [{ path, code: "format_wrong", details: {} }];
    case "invalid_union":
      return unionFindings(item.errors, path);
    case "custom":
      return [customFinding(path, item.params)];
    default:
      return [{ path, code: "format_wrong", details: {} }];
  }
}

function typeFinding(path: readonly PropertyKey[], item: Extract<Issue, { code: "invalid_type" }>): Finding {
  if (item.input === undefined) return { path, code: "required", details: {} };
  return { path, code: "type_wrong", details: { expected: item.expected } };
}

function valueFinding(path: readonly PropertyKey[], item: Extract<Issue, { code: "invalid_value" }>): Finding {
  if (item.input === undefined) return { path, code: "required", details: {} };
  return { path, code: "value_not_listed", details: { allowed: item.values.map(String).join(", ") } };
}

const SIZE_CODES = {
  string: { minimum: "too_short", maximum: "too_long" },
  array: { minimum: "too_few", maximum: "too_many" },
  number: { minimum: "too_small", maximum: "too_large" },
} as const satisfies Record<string, Record<"minimum" | "maximum", FieldErrorCode>>;

function sizeFinding(
  path: readonly PropertyKey[],
  origin: string,
  side: "minimum" | "maximum",
  limit: number,
  item: Issue,
): Finding {
  if (origin === "string" && side === "minimum" && limit === 1 && item.input === "") {
    return { path, code: "required", details: {} };
  }
  const kind = origin === "string" || origin === "array" ? origin : "number";
  return { path, code: SIZE_CODES[kind][side], details: { [side]: String(limit) } };
}

/**
 * Reports the alternative with the fewest faults. When nothing of any alternative is there, or the type itself is wrong,
 * all of them are named instead.
 */
function unionFindings(alternatives: readonly (readonly Issue[])[], path: readonly PropertyKey[]): Finding[] {
  const found = alternatives.map((alternative) => alternative.flatMap((item) => findings(item, path)));
  const all = found.flat();
  if (all.length > found.length && all.every((finding) => finding.code === "required")) {
    const allowed = found.map((one) => one.map((finding) => String(finding.path.at(-1))).join(" + ")).join(" | ");
    return [{ path, code: "choose_one", details: { allowed } }];
  }
  if (all.every((finding) => finding.code === "type_wrong" && finding.path.length === path.length)) {
    const expected = [...new Set(all.map((finding) => finding.details.expected ?? ""))].join(" | ");
    return [{ path, code: "type_wrong", details: { expected } }];
  }
  return found.reduce((best, one) => (one.length < best.length ? one : best));
}

function customFinding(path: readonly PropertyKey[], params: Readonly<Record<string, unknown>> | undefined): Finding {
  const code = params?.code;
  const details = params?.details;
  return {
    path,
    code: typeof code === "string" && code in FIELD_ERRORS ? (code as FieldErrorCode) : "format_wrong",
    details: typeof details === "object" && details !== null ? (details as Details) : {},
  };
}

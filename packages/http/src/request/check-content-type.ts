import { HttpProblem } from "../problem/http-problem.ts";

export type BodyForm = "json" | "lines";

const LINE_TYPES = new Set(["application/x-ndjson", "application/ndjson", "application/jsonl"]);

/**
 * Which form the body has by its Content-Type; UTF-8 and no content encoding are the only ones taken.
 * Throws `unsupported_media_type`.
 */
export function checkContentType(
  contentType: string | undefined,
  contentEncoding: string | undefined,
  takesLines: boolean,
): BodyForm {
  if (contentEncoding !== undefined && contentEncoding !== "identity") throw new HttpProblem("unsupported_media_type");
  if (contentType === "application/json") return "json";
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  if (!parameters.every(isUtf8)) throw new HttpProblem("unsupported_media_type");
  if (type.trim() === "application/json") return "json";
  if (takesLines && LINE_TYPES.has(type.trim())) return "lines";
  throw new HttpProblem("unsupported_media_type");
}

function isUtf8(parameter: string): boolean {
  const [name = "", value = ""] = parameter.trim().split("=");
  return name !== "charset" || value === "utf-8" || value === '"utf-8"' || value === "utf8";
}

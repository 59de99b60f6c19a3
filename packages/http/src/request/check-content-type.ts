import { HttpProblem } from "../problem/http-problem.ts";

export type BodyForm = "json" | "lines";

/** How a body travels: as it is, or compressed (RFC 9110, section 8.4.1.3). */
export type BodyEncoding = "identity" | "gzip";

const LINE_TYPES = new Set(["application/x-ndjson", "application/ndjson", "application/jsonl"]);

/** Which form the body has by its Content-Type; UTF-8 only. Throws `unsupported_media_type`. */
export function checkContentType(contentType: string | undefined, takesLines: boolean): BodyForm {
  if (contentType === "application/json") return "json";
  const { type, parameters } = parseMediaType(contentType);
  if (!isUtf8(parameters.get("charset"))) throw new HttpProblem("unsupported_media_type");
  if (type === "application/json") return "json";
  if (takesLines && LINE_TYPES.has(type)) return "lines";
  throw new HttpProblem("unsupported_media_type");
}

/** The media type of a body of bytes, and its charset. Throws `unsupported_media_type`. */
export function checkMediaType(
  contentType: string | undefined,
  mediaTypes: readonly string[],
): { readonly mediaType: string; readonly charset: string | null } {
  const { type, parameters } = parseMediaType(contentType);
  if (!mediaTypes.includes(type)) throw new HttpProblem("unsupported_media_type");
  return { mediaType: type, charset: parameters.get("charset") ?? null };
}

/** Throws `unsupported_media_type` for any other encoding than gzip, and for several at once. */
export function checkContentEncoding(contentEncoding: string | undefined): BodyEncoding {
  const encoding = (contentEncoding ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "gzip") return encoding;
  if (encoding === "x-gzip") return "gzip";
  throw new HttpProblem("unsupported_media_type");
}

function parseMediaType(contentType: string | undefined) {
  const [type = "", ...rest] = (contentType ?? "").toLowerCase().split(";");
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const [name = "", value = ""] = parameter.trim().split("=");
    parameters.set(name.trim(), value.trim().replace(/^"(.*)"$/, "$1"));
  }
  return { type: type.trim(), parameters };
}

function isUtf8(charset: string | undefined): boolean {
  return charset === undefined || charset === "utf-8" || charset === "utf8";
}

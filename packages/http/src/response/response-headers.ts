import type { Language } from "@xueshi/contracts";

/**
 * The headers of every answer of the API: nothing is cached, sniffed, framed or run (OWASP REST Security Cheat Sheet).
 * A plain object, because the server writes those without building a Headers.
 */
export function responseHeaders(contentType: string, language: Language, requestId: string): Record<string, string> {
  return {
    "Content-Type": contentType,
    "Content-Language": language,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Request-Id": requestId,
  };
}

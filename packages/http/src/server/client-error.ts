import type { Socket } from "node:net";
import { LANGUAGE_DEFAULT, PROBLEMS, type ProblemCode, presentProblem } from "@xueshi/contracts";

const CODES: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
};

/**
 * Answers what is no HTTP request (bad syntax, headers too large, too slow) with a problem too, and closes the
 * connection. Nothing that the caller sent is repeated.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket, requestId: string): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = CODES[error.code ?? ""] ?? "malformed_request";
  const body = JSON.stringify(presentProblem(code, LANGUAGE_DEFAULT, requestId));
  socket.end(
    [
      `HTTP/1.1 ${PROBLEMS[code].status} ${PROBLEMS[code].title.en}`,
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Cache-Control: no-store",
      `X-Request-Id: ${requestId}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}

import { presentProblem } from "@xueshi/contracts";
import type { HttpProblem } from "../problem/http-problem.ts";
import { lineTexts } from "../response/line-texts.ts";
import { responseHeaders } from "../response/response-headers.ts";
import { streamTexts } from "../response/stream-texts.ts";
import type { Answer, Call } from "./call.ts";

/**
 * An answer as a response. Plain strings and header objects, because the server writes those without building a Fetch
 * response. `ended` is called when a streamed answer is over; it is not called for the others.
 */
export function answerResponse(
  answer: Answer,
  call: Call,
  extraHeaders: Readonly<Record<string, string>> | null,
  asProblem: (thrown: unknown) => HttpProblem,
  ended: (thrown: unknown) => void,
): Response {
  const { requestId, language } = call;
  if ("eventTexts" in answer) {
    const failure = (thrown: unknown) =>
      `event: problem\ndata: ${JSON.stringify(presentProblem(asProblem(thrown).code, language, requestId))}\n\n`;
    const headers = { ...responseHeaders("text/event-stream", language, requestId), ...extraHeaders };
    return new Response(streamTexts(answer.eventTexts, failure, ended), { status: answer.status, headers });
  }
  if ("lines" in answer || "lineTexts" in answer) {
    const failure = (thrown: unknown) =>
      `${JSON.stringify({ problem: presentProblem(asProblem(thrown).code, language, requestId) })}\n`;
    const headers = { ...responseHeaders("application/x-ndjson", language, requestId), ...extraHeaders };
    const texts = "lines" in answer ? lineTexts(answer.lines) : answer.lineTexts;
    return new Response(streamTexts(texts, failure, ended), { status: answer.status, headers });
  }
  if ("bytes" in answer) {
    const headers = { ...responseHeaders(answer.contentType, language, requestId), ...answer.headers, ...extraHeaders };
    return new Response(answer.bytes as Uint8Array<ArrayBuffer>, { status: answer.status, headers });
  }
  if ("text" in answer) {
    const headers = { ...responseHeaders(answer.contentType, language, requestId), ...answer.headers, ...extraHeaders };
    return new Response(answer.text, { status: answer.status, headers });
  }
  const body = "json" in answer ? JSON.stringify(answer.json) : answer.jsonText;
  const own = "headers" in answer ? answer.headers : undefined;
  const headers = { ...responseHeaders("application/json", language, requestId), ...own };
  return new Response(body, {
    status: answer.status,
    headers: extraHeaders === null ? headers : { ...headers, ...extraHeaders },
  });
}

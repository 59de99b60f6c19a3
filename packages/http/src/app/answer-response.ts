import { presentProblem } from "@xueshi/contracts";
import { asProblem } from "../problem/problem-response.ts";
import { responseHeaders } from "../response/response-headers.ts";
import { streamLines } from "../response/stream-lines.ts";
import type { Answer, Call } from "./call.ts";

/**
 * An answer as a response. Plain strings and header objects, because the server writes those without building a Fetch
 * response. `ended` is called when a streamed answer is over; it is not called for the others.
 */
export function answerResponse(
  answer: Answer,
  call: Call,
  extraHeaders: Readonly<Record<string, string>> | null,
  ended: (thrown: unknown) => void,
): Response {
  const { requestId, language } = call;
  if ("lines" in answer) {
    const failure = (thrown: unknown) => ({ problem: presentProblem(asProblem(thrown).code, language, requestId) });
    const headers = { ...responseHeaders("application/x-ndjson", language, requestId), ...extraHeaders };
    return new Response(streamLines(answer.lines, failure, ended), { status: answer.status, headers });
  }
  if ("text" in answer) {
    const headers = { ...responseHeaders(answer.contentType, language, requestId), ...answer.headers, ...extraHeaders };
    return new Response(answer.text, { status: answer.status, headers });
  }
  const body = "json" in answer ? JSON.stringify(answer.json) : answer.jsonText;
  const headers = responseHeaders("application/json", language, requestId);
  return new Response(body, {
    status: answer.status,
    headers: extraHeaders === null ? headers : { ...headers, ...extraHeaders },
  });
}

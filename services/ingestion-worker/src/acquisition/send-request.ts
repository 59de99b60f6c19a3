import type { PullContext } from "./pull-context.ts";
import type { PullReason } from "./pull-event.ts";

export interface OutgoingRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request to the platform of a session, by its pace and within its limits. */
export type Send = (request: OutgoingRequest, context: PullContext) => Promise<Received>;

export interface RequestLimits {
  readonly requestTimeoutMs: number;
  readonly bodyBytesMax: number;
}

export type Received =
  | { readonly kind: "response"; readonly status: number; readonly headers: Headers; readonly bytes: Uint8Array }
  | { readonly kind: "fault"; readonly reason: PullReason };

/**
 * Sends one request and reads its whole body, within the time and size limits; redirects are not followed, so nothing
 * is ever sent to another host. Never throws: what went wrong is a reason.
 */
export async function sendRequest(
  request: OutgoingRequest,
  limits: RequestLimits,
  context: PullContext,
): Promise<Received> {
  const deadline = AbortSignal.timeout(limits.requestTimeoutMs);
  const askedAtMs = context.clock();
  try {
    const response = await context.fetch(request.url, {
      method: request.method,
      headers: { accept: "application/json", ...request.headers },
      redirect: "manual",
      signal: AbortSignal.any([context.signal, deadline]),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const { status, headers } = response;
    context.observe?.({ status, headers, askedAtMs, answeredAtMs: context.clock() });
    const bytes = await readBody(response, limits.bodyBytesMax);
    if (bytes === null) return { kind: "fault", reason: "body_too_large" };
    return { kind: "response", status: response.status, headers: response.headers, bytes };
  } catch (error) {
    if (context.signal.aborted) return { kind: "fault", reason: "aborted" };
    const isLate = deadline.aborted || isConnectTimeout(error);
    return { kind: "fault", reason: isLate ? "timeout" : "connection_failed" };
  }
}

function isConnectTimeout(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "UND_ERR_CONNECT_TIMEOUT";
}

/**
 * The bytes of a body, or null as soon as they are more than `bytesMax`; the rest is then not read. What came compressed
 * is counted as it is after that, so a body that swells is left where it grows too large.
 */
async function readBody(response: Response, bytesMax: number): Promise<Uint8Array | null> {
  const { body } = response;
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const isCompressed = response.headers.has("content-encoding");
  const isTooLong = !isCompressed && Number(response.headers.get("content-length") ?? 0) > bytesMax;
  if (!isTooLong) {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) return null;
      chunks.push(chunk);
    }
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, bytes);
  }
  await body.cancel();
  return null;
}

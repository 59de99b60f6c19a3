import type { IncomingMessage } from "node:http";
import { HttpProblem } from "../problem/http-problem.ts";

/** The connection is closed after a body that was not read to its end. */
const CLOSE = { Connection: "close" } as const;

function tooLarge(): HttpProblem {
  return new HttpProblem("body_too_large", { headers: CLOSE });
}

/** Throws `body_too_large` when the announced length alone is beyond the bound. */
export function checkContentLength(header: string | undefined, bytesMax: number): void {
  if (header !== undefined && Number(header) > bytesMax) throw tooLarge();
}

/**
 * Reads a body from Node's request, counting while it comes, so that one without an announced length is cut off too.
 * Rejects with `body_too_large`, or `malformed_request` when the caller goes away half-way.
 */
export function readIncoming(incoming: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] | null = null;
    let first: Buffer | null = null;
    let bytes = 0;
    const finish = (): void => {
      incoming.off("data", onData).off("end", onEnd).off("error", onError).off("close", onError);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        finish();
        incoming.pause();
        reject(tooLarge());
      } else if (first === null) first = chunk;
      else {
        chunks ??= [first];
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => {
      finish();
      resolve(chunks === null ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks, bytes));
    };
    const onError = (): void => {
      finish();
      reject(new HttpProblem("malformed_request", { headers: CLOSE }));
    };
    if (incoming.destroyed && !incoming.readableEnded) return onError();
    incoming.on("data", onData).on("end", onEnd).on("error", onError).on("close", onError);
  });
}

/** The same for a Fetch request, which is how the app is called without a server. */
export async function readRequest(request: Request, bytesMax: number): Promise<Buffer> {
  const reader = request.body?.getReader();
  if (reader === undefined) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks, bytes);
    bytes += value.length;
    if (bytes > bytesMax) {
      await reader.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
}

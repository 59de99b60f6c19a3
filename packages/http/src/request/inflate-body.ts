import { createGunzip, gunzip } from "node:zlib";
import { HttpProblem } from "../problem/http-problem.ts";
import type { BodyEncoding } from "./check-content-type.ts";

/** The connection is closed after a body that was not read to its end. */
const CLOSE = { Connection: "close" } as const;

/**
 * A whole body without its encoding. Rejects with `body_too_large` as soon as it unpacks to more than `bytesMax`, and
 * with `malformed_request` when it is no gzip.
 */
export function inflateBody(bytes: Buffer, encoding: BodyEncoding, bytesMax: number): Buffer | Promise<Buffer> {
  if (encoding === "identity" || bytes.length === 0) return bytes;
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: bytesMax }, (error, plain) => {
      if (error === null) resolve(plain);
      else reject(inflateProblem(error));
    });
  });
}

/** The same for a body that is read as it comes; what leaves is not counted here. */
export async function* inflateChunks(
  chunks: AsyncIterable<Uint8Array>,
  encoding: BodyEncoding,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (encoding === "identity") {
    yield* chunks;
    return;
  }
  const unzip = createGunzip();
  let failure: unknown = null;
  const feeding = feed(chunks, unzip).catch((error: unknown) => {
    failure = error;
    unzip.destroy(error instanceof Error ? error : new Error("the body ended"));
  });
  try {
    for await (const chunk of unzip) yield chunk as Uint8Array;
    await feeding;
  } catch (error) {
    throw failure ?? inflateProblem(error);
  } finally {
    unzip.destroy();
  }
}

async function feed(chunks: AsyncIterable<Uint8Array>, unzip: ReturnType<typeof createGunzip>): Promise<void> {
  for await (const chunk of chunks) {
    if (unzip.destroyed) return;
    if (!unzip.write(chunk)) await drained(unzip);
  }
  unzip.end();
}

function drained(unzip: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      unzip.off("drain", done).off("close", done);
      resolve();
    };
    unzip.on("drain", done).on("close", done);
  });
}

function inflateProblem(error: unknown): HttpProblem {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ERR_BUFFER_TOO_LARGE") return new HttpProblem("body_too_large", { headers: CLOSE });
  return new HttpProblem("malformed_request", { headers: CLOSE, cause: error });
}

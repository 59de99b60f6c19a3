import type { IncomingMessage } from "node:http";
import type { Deadlines } from "../limits/deadlines.ts";
import { HttpProblem } from "../problem/http-problem.ts";

const CLOSE = { Connection: "close" } as const;

/** A body that comes more slowly than this, while somebody waits for it, is given up. */
const PROGRESS_BYTES_MIN = 16_384;

export interface ChunkLimits {
  /** Bytes on the wire. */
  readonly bytesMax: number;
  /** Bounds the wait for each chunk, and the waits for every {@link PROGRESS_BYTES_MIN} bytes together. */
  readonly waiting: Deadlines;
  /** How long those waits together may be, milliseconds. */
  readonly waitMsMax: number;
  readonly monotonicMs: () => number;
  /** Called when no more of the body is waited for, however it ended. */
  readonly ended: () => void;
}

/**
 * The chunks of a body as they come, only as fast as they are asked for. Throws `body_too_large`, `request_timeout` for
 * a body that stands still or trickles, and `malformed_request` when the caller goes away half-way.
 */
export async function* bodyChunks(
  request: IncomingMessage | Request,
  limits: ChunkLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = "body" in request ? fetchChunks(request as Request) : incomingChunks(request as IncomingMessage);
  const { waiting, monotonicMs } = limits;
  const tooSlow = () => new HttpProblem("request_timeout", { headers: CLOSE });
  let bytes = 0;
  let windowBytes = 0;
  let waitedMs = 0;
  try {
    for (;;) {
      const askedAtMs = monotonicMs();
      const next = await waiting.within(source.next(), tooSlow);
      waitedMs += monotonicMs() - askedAtMs;
      if (next.done === true) return;
      bytes += next.value.length;
      windowBytes += next.value.length;
      if (bytes > limits.bytesMax) throw new HttpProblem("body_too_large", { headers: CLOSE });
      if (windowBytes >= PROGRESS_BYTES_MIN) {
        windowBytes = 0;
        waitedMs = 0;
      } else if (waitedMs > limits.waitMsMax) throw tooSlow();
      yield next.value;
    }
  } finally {
    limits.ended();
    // Not awaited: a source that hangs would hang its end, too.
    void source.return(undefined).catch(() => {});
  }
}

async function* incomingChunks(incoming: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw new HttpProblem("malformed_request", { headers: CLOSE, cause: error });
  }
}

async function* fetchChunks(request: Request): AsyncGenerator<Uint8Array, void, undefined> {
  if (request.body !== null) yield* request.body as unknown as AsyncIterable<Uint8Array>;
}

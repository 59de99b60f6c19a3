import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { breakBody, cutAt } from "./break-body.ts";
import type { PlatformCounters } from "./counters.ts";
import type { Fault, FaultKind, HttpPlatform } from "./faults.ts";

/** What a platform answers; `rowsServed` is null when the answer is no page of hours. */
export type Reply = {
  statusCode: number;
  body: Buffer;
  rowsServed: number | null;
  fault: Fault | null;
  /** Update time of the last row, ms since epoch; null or absent: not a page, or none. */
  updatedAtMsLast?: number | null;
};

/** The platform's own way to say that something is wrong, and the fields that may get another name. */
export type PlatformDialect = {
  okWithErrorBody: string;
  notAuth: { statusCode: number; body: string };
  fields: readonly string[];
  catalogueFields: readonly string[];
};

/** Called after each whole page, before the next request is read; a test may touch rows here. */
export type PageListener = (page: { platform: HttpPlatform; pages: number; rowsServed: number }) => void;

/** Calls `then` after some milliseconds; returns how to call it off. */
export type Delay = (delayMs: number, then: () => void) => () => void;

export type PlatformServer = { url: string; close: () => Promise<void> };

export type PlatformServerOptions = {
  platform: HttpPlatform;
  host: string;
  port: number;
  /** Milliseconds that a page of hours takes besides. */
  pageDelayMs: number;
  clock: () => number;
  delay: Delay;
  counters: PlatformCounters;
  dialect: PlatformDialect;
  handle: (request: IncomingMessage) => Reply | Promise<Reply>;
  pageListeners: ReadonlySet<PageListener>;
};

type Headers = Readonly<Record<string, string | number>>;

/** A platform's clock that is this far ahead is refused by any signature. */
const SKEW_MS = 3_600_000;
const BROKEN: readonly FaultKind[] = [
  ...(["status", "ok_with_error", "not_auth", "hang", "disconnect", "half_body"] as const),
  ...(["reset", "redirect", "clock_skew"] as const),
];

export function jsonReply(statusCode: number, value: unknown, fault: Fault | null = null): Reply {
  return { statusCode, body: Buffer.from(JSON.stringify(value)), rowsServed: null, fault };
}

/**
 * Listens and answers; the faults of the network and of the whole answer happen here.
 * @returns the base URL without a slash at the end; `close` also ends answers that hang.
 * @throws the listen error, such as EADDRINUSE.
 */
export async function servePlatform(options: PlatformServerOptions): Promise<PlatformServer> {
  const server = createServer((request, response) => {
    options.counters.requests += 1;
    answer(options, request, response).catch((error: unknown) => {
      console.error(`${options.platform} simulator: ${error instanceof Error ? error.message : "unknown error"}`);
      response.destroy();
    });
  });
  // Longer than any client's idle time: else a kept connection may close just as the next request is written.
  server.keepAliveTimeout = 65_000;
  const url = await listen(server, options.host, options.port);
  return { url, close: () => closeServer(server) };
}

async function answer(options: PlatformServerOptions, request: IncomingMessage, response: ServerResponse) {
  const reply = await options.handle(request);
  const { fault } = reply;
  if (fault !== null) {
    const fired = options.counters.faultsFired;
    fired[fault.kind] = (fired[fault.kind] ?? 0) + 1;
    if (BROKEN.includes(fault.kind)) {
      breakAnswer(options, reply, fault, response);
      return;
    }
    const { fields, catalogueFields } = options.dialect;
    reply.body = breakBody(reply.body, fault, fault.route === "categories" ? catalogueFields : fields);
  }
  const slowMs = fault?.kind === "slow" ? (fault.delayMs ?? 1_000) : 0;
  const delayMs = slowMs + (reply.rowsServed === null ? 0 : options.pageDelayMs);
  if (delayMs === 0) {
    send(options, reply, response);
    return;
  }
  response.once(
    "close",
    options.delay(delayMs, () => send(options, reply, response)),
  );
}

function send(options: PlatformServerOptions, reply: Reply, response: ServerResponse): void {
  const { counters, platform, clock } = options;
  write(response, reply.statusCode, reply.body, dateOf(clock()));
  if (reply.rowsServed === null) return;
  counters.pages += 1;
  counters.rowsServed += reply.rowsServed;
  if ((reply.updatedAtMsLast ?? 0) > clock()) counters.pagesFromFuture += 1;
  for (const listener of options.pageListeners) {
    listener({ platform, pages: counters.pages, rowsServed: reply.rowsServed });
  }
}

function breakAnswer(options: PlatformServerOptions, reply: Reply, fault: Fault, response: ServerResponse): void {
  const { dialect, clock } = options;
  const date = dateOf(clock());
  switch (fault.kind) {
    case "status": {
      const errorBody = Buffer.from(dialect.okWithErrorBody);
      write(response, fault.statusCode ?? 500, errorBody, { ...date, ...retryAfter(fault) });
      return;
    }
    case "ok_with_error":
      write(response, 200, Buffer.from(dialect.okWithErrorBody), date);
      return;
    case "not_auth":
      write(response, dialect.notAuth.statusCode, Buffer.from(dialect.notAuth.body), date);
      return;
    case "clock_skew":
      write(response, 401, Buffer.from(dialect.notAuth.body), dateOf(clock() + SKEW_MS));
      return;
    case "redirect":
      write(response, 302, Buffer.alloc(0), { ...date, location: fault.location ?? "/" });
      return;
    case "disconnect":
      response.destroy();
      return;
    case "half_body":
    case "reset": {
      response.writeHead(reply.statusCode, headers(reply.body.length));
      const end = () => (fault.kind === "reset" ? response.socket?.resetAndDestroy() : response.destroy());
      response.write(reply.body.subarray(0, cutAt(reply.body, fault.salt ?? 0)), end);
      return;
    }
    default:
    // `hang`: the connection stays open until the client gives up or the simulator closes.
  }
}

/** The platform's own clock, whatever the machine's is. */
function dateOf(ms: number): Headers {
  return { date: new Date(ms).toUTCString() };
}

function retryAfter({ retryAfterSeconds }: Fault): Headers {
  return retryAfterSeconds === undefined ? {} : { "retry-after": retryAfterSeconds };
}

function write(response: ServerResponse, statusCode: number, body: Buffer, more: Headers = {}): void {
  response.writeHead(statusCode, { ...headers(body.length), ...more });
  response.end(body);
}

function headers(bytes: number): Headers {
  return { "content-type": "application/json; charset=utf-8", "content-length": bytes };
}

/** @returns the address as a URL without a slash at the end */
export function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address() as AddressInfo;
      const shown = address.family === "IPv6" ? `[${address.address}]` : address.address;
      resolve(`http://${shown}:${address.port}`);
    });
  });
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { PlatformCounters } from "./counters.ts";
import type { Fault, HttpPlatform } from "./faults.ts";

/** What a platform answers; `rowsServed` is null when the answer is no page of hours. */
export type Reply = {
  statusCode: number;
  body: Buffer;
  rowsServed: number | null;
  fault: Fault | null;
};

/** The platform's own way to say that something is wrong, and what a drifted schema looks like. */
export type PlatformDialect = {
  okWithErrorBody: string;
  notAuth: { statusCode: number; body: string };
  driftField: (body: string) => string;
};

/** Called after each whole page, before the next request is read; a test may touch rows here. */
export type PageListener = (page: { platform: HttpPlatform; pages: number; rowsServed: number }) => void;

export type PlatformServer = { url: string; close: () => Promise<void> };

export type PlatformServerOptions = {
  platform: HttpPlatform;
  host: string;
  port: number;
  /** Milliseconds that a page of hours takes besides. */
  pageDelayMs: number;
  counters: PlatformCounters;
  dialect: PlatformDialect;
  handle: (request: IncomingMessage) => Reply | Promise<Reply>;
  pageListeners: ReadonlySet<PageListener>;
};

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
  await listen(server, options.host, options.port);
  const address = server.address() as AddressInfo;
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return { url: `http://${host}:${address.port}`, close: () => closeServer(server) };
}

async function answer(options: PlatformServerOptions, request: IncomingMessage, response: ServerResponse) {
  const reply = await options.handle(request);
  const { fault } = reply;
  if (fault !== null) {
    const fired = options.counters.faultsFired;
    fired[fault.kind] = (fired[fault.kind] ?? 0) + 1;
    if (!isAnswerWhole(fault)) {
      breakAnswer(options.dialect, reply, fault, response);
      return;
    }
    if (fault.kind === "schema_drift") {
      reply.body = Buffer.from(options.dialect.driftField(reply.body.toString("utf8")));
    }
  }
  const slowMs = fault?.kind === "slow" ? (fault.delayMs ?? 1_000) : 0;
  const delayMs = slowMs + (reply.rowsServed === null ? 0 : options.pageDelayMs);
  if (delayMs === 0) {
    send(options, reply, response);
    return;
  }
  const timer = setTimeout(() => send(options, reply, response), delayMs);
  response.once("close", () => clearTimeout(timer));
}

function isAnswerWhole(fault: Fault): boolean {
  return !["status", "ok_with_error", "not_auth", "hang", "disconnect", "half_body"].includes(fault.kind);
}

function send(options: PlatformServerOptions, reply: Reply, response: ServerResponse): void {
  write(response, reply.statusCode, reply.body);
  if (reply.rowsServed === null) return;
  const { counters, platform } = options;
  counters.pages += 1;
  counters.rowsServed += reply.rowsServed;
  for (const listener of options.pageListeners) {
    listener({ platform, pages: counters.pages, rowsServed: reply.rowsServed });
  }
}

function breakAnswer(dialect: PlatformDialect, reply: Reply, fault: Fault, response: ServerResponse): void {
  switch (fault.kind) {
    case "status":
      write(response, fault.statusCode ?? 500, Buffer.from(dialect.okWithErrorBody));
      return;
    case "ok_with_error":
      write(response, 200, Buffer.from(dialect.okWithErrorBody));
      return;
    case "not_auth":
      write(response, dialect.notAuth.statusCode, Buffer.from(dialect.notAuth.body));
      return;
    case "disconnect":
      response.destroy();
      return;
    case "half_body":
      response.writeHead(reply.statusCode, headers(reply.body.length));
      response.write(reply.body.subarray(0, reply.body.length >>> 1), () => response.destroy());
      return;
    default:
    // `hang`: the connection stays open until the client gives up or the simulator closes.
  }
}

function write(response: ServerResponse, statusCode: number, body: Buffer): void {
  response.writeHead(statusCode, headers(body.length));
  response.end(body);
}

function headers(bytes: number): Record<string, string | number> {
  return { "content-type": "application/json; charset=utf-8", "content-length": bytes };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

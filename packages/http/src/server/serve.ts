import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { App } from "../app/create-app.ts";
import { answerClientError } from "./client-error.ts";

export interface ServeOptions {
  readonly host: string;
  /** 0 takes any free port; the one taken is in the result. */
  readonly port: number;
  /** Makes ids for requests that are too broken to reach the app. */
  readonly ids: () => string;
  /** How long a connection may be silent before it is closed. Default 120,000. */
  readonly idleMsMax?: number;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /**
   * Takes no new connections, lets what is in flight end, and after `drainMsMax` (default 10,000) ends it.
   * Resolves when every connection is closed; a second call waits for the first.
   */
  close(drainMsMax?: number): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 15_000;
/** The longest stream; the app bounds whatever is read whole, and every standstill, long before. */
const REQUEST_TIMEOUT_MS = 86_400_000;
/** Longer than the 60 s after which common load balancers drop an idle connection, so that they do it first. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const IDLE_SWEEP_MS = 50;

/** Serves an app over HTTP/1.1 with every time and size bounded. Rejects when the port cannot be taken. */
export async function serve(app: App, options: ServeOptions): Promise<RunningServer> {
  const answers = new WeakMap<Socket, ServerResponse>();
  const listener = getRequestListener(app.fetch, { errorHandler: (error) => app.malformedRequest(error) });
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 5_000,
    },
    (incoming, outgoing) => {
      if (closing !== null) outgoing.setHeader("Connection", "close");
      answers.set(incoming.socket, outgoing);
      void listener(incoming, outgoing);
    },
  );
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.timeout = options.idleMsMax ?? 120_000;
  server.on("clientError", (error, socket) => {
    // Where an answer has begun another one would only garble it.
    const answer = answers.get(socket as Socket);
    if (answer?.headersSent === true && !answer.writableFinished) socket.destroy();
    else answerClientError(error, socket as Socket, options.ids());
  });
  let closing: Promise<void> | null = null;

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;

  function drain(drainMsMax: number): Promise<void> {
    app.startDraining();
    // A connection over which nothing was asked yet is none of the idle ones: node waits for its first request.
    const closeIdle = (): void => {
      server.closeIdleConnections();
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    };
    return new Promise((resolve) => {
      const sweep = setInterval(closeIdle, IDLE_SWEEP_MS);
      const force = setTimeout(() => server.closeAllConnections(), drainMsMax);
      server.close(() => {
        clearInterval(sweep);
        clearTimeout(force);
        resolve();
      });
      closeIdle();
    });
  }

  return {
    host: options.host,
    port,
    close(drainMsMax = 10_000) {
      closing ??= drain(drainMsMax);
      return closing;
    },
  };
}

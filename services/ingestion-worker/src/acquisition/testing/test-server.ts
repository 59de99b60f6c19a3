import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface TestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly rawUrl: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Requests of this path so far, this one included. */
  readonly count: number;
  readonly response: ServerResponse;
}

/** What a handler gives back is sent as JSON; undefined: the handler has dealt with the response itself. */
export type TestHandler = (request: TestRequest) => unknown;

export interface TestServer {
  readonly url: string;
  readonly requests: TestRequest[];
}

/** A server on a free port until the test has finished. */
export async function startTestServer(handle: TestHandler): Promise<TestServer> {
  const requests: TestRequest[] = [];
  const server = createServer(async (incoming, response) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    const rawUrl = incoming.url ?? "/";
    const { pathname: path, searchParams: query } = new URL(rawUrl, "http://test");
    const count = 1 + requests.filter((request) => request.path === path).length;
    const { method = "", headers } = incoming;
    const request = { method, path, query, rawUrl, headers, body, count, response };
    requests.push(request);
    const answer = handle(request);
    if (answer === undefined) return;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

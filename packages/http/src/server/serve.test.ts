import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  echoRoute,
  KEY,
  linesRoute,
  makeTestApp,
  optionalRoute,
  publicRoute,
  type TestApp,
} from "../testing/make-test-app.ts";
import { type RunningServer, serve } from "./serve.ts";

const running: RunningServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close(0)));
});

async function start(test: TestApp): Promise<RunningServer> {
  test.app.route(echoRoute, ({ body }) => ({ status: 200, json: body }));
  const server = await serve(test.app, { host: "127.0.0.1", port: 0, ids: () => "broken-1" });
  running.push(server);
  return server;
}

const headers = { "Content-Type": "application/json", Authorization: `Bearer ${KEY}` };

/** Sends raw bytes and gives all that comes back until the server closes the connection. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return text;
}

describe("serve", () => {
  it("answers over HTTP, one connection for many requests", async () => {
    const { port } = await start(makeTestApp());
    for (let hours = 1; hours < 4; hours += 1) {
      const body = JSON.stringify({ name: "甲", hours });
      const response = await fetch(`http://127.0.0.1:${port}/v1/echoes/e`, { method: "POST", headers, body });
      expect([response.status, await response.json()]).toEqual([200, { name: "甲", hours }]);
    }
  });

  it("reads a body that comes in pieces without a length", async () => {
    const { port } = await start(makeTestApp());
    const outgoing = request({ port, host: "127.0.0.1", method: "POST", path: "/v1/echoes/e", headers });
    outgoing.write('{"name":"a",');
    outgoing.write('"hours":2}');
    outgoing.end();
    const [incoming] = await once(outgoing, "response");
    expect(incoming.statusCode).toBe(200);
    incoming.resume();
  });

  it("cuts off a body without a length at its bound and answers 413", async () => {
    const { port } = await start(makeTestApp());
    const chunk = `190\r\n${" ".repeat(400)}\r\n`;
    const text = await raw(
      port,
      `POST /v1/echoes/e HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer ${KEY}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('"code":"body_too_large"');
  });

  it.each([
    ["no body", undefined, 200, { reason: null }],
    ["an empty body", "", 200, { reason: null }],
    ["a body", '{"reason":"x"}', 200, { reason: "x" }],
    ["a bad body", "{", 400, { code: "malformed_json" }],
  ])("takes %s where the body may be left out", async (_name, body, status, expected) => {
    const test = makeTestApp();
    test.app.route(optionalRoute, ({ body }) => ({ status: 200, json: { reason: body?.reason ?? null } }));
    const { port } = await start(test);
    const init = { method: "DELETE", headers, ...(body === undefined ? {} : { body }) };
    const response = await fetch(`http://127.0.0.1:${port}/v1/optional`, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(expected);
    const direct = await test.app.fetch(new Request("http://localhost/v1/optional", init));
    expect([direct.status, await direct.json()]).toMatchObject([status, expected]);
  });

  it("streams lines", async () => {
    const test = makeTestApp();
    test.app.route(linesRoute, ({ body }) => ({ status: 200, lines: body.form === "lines" ? body.lines : [] }));
    const { port } = await start(test);
    const response = await fetch(`http://127.0.0.1:${port}/v1/lines`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/x-ndjson" },
      body: "1\n2\n",
    });
    expect(await response.text()).toBe('{"ok":true,"line":1,"value":1}\n{"ok":true,"line":2,"value":2}\n');
  });

  it.each([
    ["what is no HTTP", "hello\r\n\r\n", 400, "malformed_request"],
    [
      "headers beyond their bound",
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "headers_too_large",
    ],
    ["a host that is none", "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", 400, "malformed_request"],
    ["a length that is none", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400, "malformed_request"],
  ])("answers %s with a problem", async (_name, bytes, status, code) => {
    const { port } = await start(makeTestApp());
    const text = await raw(port, bytes);
    expect(text.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(text.toLowerCase()).toContain("content-type: application/problem+json");
    expect(text).toContain(`"code":"${code}"`);
    expect(text).not.toContain("at Object");
  });

  it("gives up a caller who reads nothing of its answer", async () => {
    const test = makeTestApp();
    const { promise: isReturned, resolve: returned } = Promise.withResolvers<void>();
    async function* endless() {
      try {
        for (;;) yield "x".repeat(1_000);
      } finally {
        returned();
      }
    }
    test.app.route(linesRoute, () => ({ status: 200, lines: endless() }));
    const server = await serve(test.app, { host: "127.0.0.1", port: 0, ids: () => "broken-1", idleMsMax: 50 });
    running.push(server);
    const socket = connect(server.port, "127.0.0.1");
    socket.pause();
    socket.write(
      `POST /v1/lines HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer ${KEY}\r\nContent-Length: 2\r\n\r\n1\n`,
    );
    await isReturned;
    socket.destroy();
  });

  it("rejects when the port is taken", async () => {
    const { port } = await start(makeTestApp());
    await expect(serve(makeTestApp().app, { host: "127.0.0.1", port, ids: () => "x" })).rejects.toThrow("EADDRINUSE");
  });
});

describe("close", () => {
  it("lets what is in flight end, takes nothing new, and says that it drains", async () => {
    const test = makeTestApp();
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered: () => void = () => {};
    const inHandler = new Promise<void>((resolve) => {
      entered = resolve;
    });
    test.app.route(publicRoute, async () => {
      entered();
      await released;
      return { status: 200, json: { done: true } };
    });
    const server = await start(test);
    const answered = fetch(`http://127.0.0.1:${server.port}/v1/times`);
    await inHandler;
    const closed = server.close();
    const ready = await test.app.fetch(new Request("http://localhost/readyz"));
    expect([ready.status, await ready.json()]).toEqual([503, { state: "draining", checks: {} }]);
    await expect(fetch(`http://127.0.0.1:${server.port}/healthz`)).rejects.toThrow();
    release();
    expect(await (await answered).json()).toEqual({ done: true });
    await closed;
  });

  it("ends what takes longer than the bound", async () => {
    const test = makeTestApp();
    test.app.route(publicRoute, () => new Promise(() => {}));
    const server = await start(test);
    const answered = fetch(`http://127.0.0.1:${server.port}/v1/times`);
    answered.catch(() => {});
    await server.close(20);
    await expect(answered).rejects.toThrow();
  });

  it("waits for no connection over which nothing was asked", async () => {
    const server = await start(makeTestApp());
    const silent = connect(server.port, "127.0.0.1");
    await once(silent, "connect");
    // Any request makes sure that the server has the connection, too.
    await fetch(`http://127.0.0.1:${server.port}/healthz`);
    await server.close(600_000);
    if (!silent.closed) await once(silent, "close");
  });

  it("is the same however often it is called", async () => {
    const server = await start(makeTestApp());
    expect(server.close()).toBe(server.close());
    await server.close();
  });
});

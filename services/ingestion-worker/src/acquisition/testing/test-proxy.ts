import { createServer, request as sendRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { onTestFinished } from "vitest";

export interface TestProxy {
  readonly url: string;
  /** What it was asked, in order: `CONNECT host:port` or `GET http://…`. */
  readonly asked: string[];
  /** The Proxy-Authorization header of each. */
  readonly authorizations: (string | undefined)[];
}

/** A proxy that forwards requests and opens tunnels until the test has finished. */
export async function startTestProxy(): Promise<TestProxy> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const note = (what: string, headers: Record<string, unknown>) => {
    asked.push(what);
    const sent = headers["proxy-authorization"];
    authorizations.push(sent === undefined ? undefined : String(sent));
  };
  const proxy = createServer((incoming, outgoing) => {
    note(`${incoming.method} ${incoming.url}`, incoming.headers);
    const { "proxy-authorization": _own, ...headers } = incoming.headers;
    const forward = sendRequest(incoming.url ?? "", { method: incoming.method ?? "GET", headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(forward);
  });
  proxy.on("connect", (incoming, socket) => {
    note(`CONNECT ${incoming.url}`, incoming.headers);
    const [host = "", port = ""] = (incoming.url ?? "").split(":");
    const tunnel = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      tunnel.pipe(socket);
      socket.pipe(tunnel);
    });
    tunnel.on("error", () => socket.destroy());
    socket.on("error", () => tunnel.destroy());
    onTestFinished(() => void tunnel.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked, authorizations };
}

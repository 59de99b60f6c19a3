import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { freePort } from "./free-port.ts";

const MODULE = new URL("./free-port.ts", import.meta.url).href;

/** Draws one port first, then any. */
function drawFirst(port: number): () => number {
  const ports = [port];
  return () => ports.shift() ?? randomInt(20_000, 32_000);
}

it("gives no port twice", async () => {
  const first = await freePort();
  expect(await freePort(drawFirst(first))).not.toBe(first);
});

it("passes over a port on which somebody listens", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await freePort(drawFirst(port))).not.toBe(port);
  server.close();
});

it("passes over a port that another process has been given and does not use yet", async () => {
  const program = `
    import { freePort } from ${JSON.stringify(MODULE)};
    console.log(await freePort());
    process.stdin.resume();`;
  const other = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [text] = await once(other.stdout, "data");
  const theirs = Number(text);
  expect(await freePort(drawFirst(theirs))).not.toBe(theirs);
  other.stdin.end();
  await once(other, "exit");
  // Nobody uses it: what kept it from us was the other process, and it has ended.
  const server = createServer().listen(theirs, "127.0.0.1");
  await once(server, "listening");
  server.close();
});

import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** Sends commands to a Redis and returns what it answered to each, in its own protocol. */
export async function redisCommand(url: string, ...commands: readonly string[]): Promise<string[]> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  // The server closes after QUIT; closing our side first could cut the answers off behind a proxy.
  socket.write([...commands, "QUIT"].map((command) => `${command}\r\n`).join(""));
  return (await text(socket)).split("\r\n").slice(0, commands.length);
}

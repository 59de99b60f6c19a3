import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a PostgreSQL on which the answer to a COMMIT can get lost: the server has committed, the client never hears. */
export interface CommitGate {
  /** The same database and login, through the gate. */
  through(url: string): string;
  /** Loses the answer to the next `count` commits of connections whose application name is `applicationName`. */
  loseCommits(applicationName: string, count: number): void;
  /** How many answers were lost so far. */
  lost(): number;
  close(): Promise<void>;
}

/** CommandComplete with the tag COMMIT (PostgreSQL, "Message Formats"): type, length, text, NUL. */
const COMMITTED = Buffer.from("C\u0000\u0000\u0000\u000bCOMMIT\u0000", "latin1");

export async function openCommitGate(serverUrl: string): Promise<CommitGate> {
  const server = new URL(serverUrl);
  const toLose = new Map<string, number>();
  const sockets = new Set<Socket>();
  let lost = 0;

  const gate = createServer((client) => {
    const database = connect(Number(server.port), server.hostname);
    let applicationName: string | null = null;
    let tail = Buffer.alloc(0);
    const end = () => {
      client.destroy();
      database.destroy();
    };
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on("data", (chunk) => {
      applicationName ??= readApplicationName(chunk);
      database.write(chunk);
    });
    database.on("data", (chunk) => {
      const seen = Buffer.concat([tail, chunk]);
      const left = toLose.get(applicationName ?? "") ?? 0;
      if (left > 0 && seen.includes(COMMITTED)) {
        toLose.set(applicationName ?? "", left - 1);
        lost += 1;
        end();
        return;
      }
      tail = seen.subarray(Math.max(0, seen.length - COMMITTED.length + 1));
      client.write(chunk);
    });
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  const address = gate.address();
  if (address === null || typeof address === "string") throw new Error("the gate has no port");
  return {
    through(url) {
      const changed = new URL(url);
      changed.port = String(address.port);
      return changed.href;
    },
    loseCommits: (applicationName, count) => void toLose.set(applicationName, count),
    lost: () => lost,
    async close() {
      for (const socket of sockets) socket.destroy();
      gate.close();
      await once(gate, "close");
    },
  };
}

/** The start-up message holds names and values, each closed by a NUL. */
function readApplicationName(startup: Buffer): string {
  const fields = startup.subarray(8).toString("utf8").split("\0");
  return fields[fields.indexOf("application_name") + 1] ?? "";
}

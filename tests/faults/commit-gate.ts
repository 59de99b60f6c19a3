import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { SentStatements } from "./sent-statements.ts";

/** A way to a PostgreSQL on which the answer to a COMMIT can get lost: the server has committed, the client never hears. */
export interface CommitGate {
  /** The same database and login, through the gate. */
  through(url: string): string;
  /**
   * Loses the answer to the next `count` commits of connections whose application name is `applicationName`.
   * @param of only of transactions that have run a statement with this text
   */
  loseCommits(applicationName: string, count: number, of?: string): void;
  /** How many answers were lost so far. */
  lost(): number;
  close(): Promise<void>;
}

/** CommandComplete with the tag COMMIT (PostgreSQL, "Message Formats"): type, length, text, NUL. */
const COMMITTED = Buffer.from("C\u0000\u0000\u0000\u000bCOMMIT\u0000", "latin1");

export async function openCommitGate(serverUrl: string): Promise<CommitGate> {
  const server = new URL(serverUrl);
  const toLose = new Map<string, { left: number; readonly of: string }>();
  const sockets = new Set<Socket>();
  let lost = 0;

  const gate = createServer((client) => {
    const database = connect(Number(server.port), server.hostname);
    const sent = new SentStatements();
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
      sent.take(chunk);
      database.write(chunk);
    });
    database.on("data", (chunk) => {
      const seen = Buffer.concat([tail, chunk]);
      const plan = toLose.get(sent.applicationName);
      if (plan !== undefined && plan.left > 0 && seen.includes(COMMITTED) && sent.hasRun(plan.of)) {
        plan.left -= 1;
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
    loseCommits: (applicationName, count, of = "") => void toLose.set(applicationName, { left: count, of }),
    lost: () => lost,
    async close() {
      for (const socket of sockets) socket.destroy();
      gate.close();
      await once(gate, "close");
    },
  };
}

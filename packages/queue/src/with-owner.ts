import pg from "pg";

/** Runs `work` on one connection of its own; what it left open is rolled back with the connection. */
export async function withOwner(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: "xueshi-queue-owner" });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

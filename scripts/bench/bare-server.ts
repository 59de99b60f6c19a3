import { serve } from "@hono/node-server";
import { connect, readPeopleEntries, readPersonEntries } from "@xueshi/database";
import { createLogger, createShutdown, systemClock, watchParent } from "@xueshi/runtime";
import { Hono } from "hono";
import { stream } from "hono/streaming";

// The peers of a check: bare hono over the same rows. DATABASE_URL and PORT in the environment.
const CONNECTIONS_MAX = 10;
const CHUNK_PEOPLE = 100;

const logger = createLogger({ service: "bare-server", level: "warn", clock: systemClock });
const shutdown = createShutdown({ logger });
shutdown.listen();
watchParent(shutdown, "stdin");

const url = process.env.DATABASE_URL;
if (url === undefined) throw new Error("DATABASE_URL is required.");
const sql = connect({ url, connectionsMax: CONNECTIONS_MAX, applicationName: "bare-server", keyedPlans: true });
const app = new Hono();

/** The range read of a check, and nothing done with it. */
app.get("/entries/:id", async (context) =>
  context.json(await readPersonEntries(sql, context.req.param("id"), systemClock())),
);

/** One prepared select of one row by its key. */
app.get("/head/:id", async (context) => {
  const [row] = await sql`
    SELECT sequence, encode(hash, 'hex') AS hash FROM ledger.head WHERE practitioner_id = ${context.req.param("id")}`;
  return context.json(row ?? null);
});

/** The range reads of a batch, a person's entries on each line. */
app.post("/entries", async (context) => {
  const ids = (await context.req.text()).trimEnd().split("\n");
  return stream(context, async (output) => {
    for (let from = 0; from < ids.length; from += CHUNK_PEOPLE) {
      const some = ids.slice(from, from + CHUNK_PEOPLE);
      const people = await readPeopleEntries(sql, some, systemClock());
      await output.write(some.map((id) => `${JSON.stringify(people.get(id) ?? [])}\n`).join(""));
    }
  });
});

const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.env.PORT) });
shutdown.register("server", async () => {
  server.close();
  await sql.end({ timeout: 5 });
});

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { connect } from "@xueshi/database";
import type { RecordVersion } from "@xueshi/domain";
import type { Poster } from "./poster.ts";
import type { StoredBatch } from "./store-batches.ts";

/** They are installed for the measurement alone, and nothing else uses them. */
const MESSAGE_DB = "@eventide/message-db@1.3.1";
const EMMETT = "@event-driven-io/emmett-postgresql@0.42.0";

/** Installs the event stores into a folder unless they are there. Throws when npm cannot. */
export function installEventStores(directory: string): void {
  if (existsSync(join(directory, "node_modules", "@event-driven-io", "emmett-postgresql"))) return;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
  const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"];
  const { status, stderr } = spawnSync("npm", ["install", "--prefix", directory, ...flags, MESSAGE_DB, EMMETT], {
    cwd: directory,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The event stores to compare with could not be installed: ${stderr}`);
}

/** What an event says of a record: what an entry says of it. */
const dataOf = ({ recordId, source, hoursHundredths, attributedYear, ...version }: RecordVersion) => ({
  ...{ recordId, source, hoursHundredths, attributedYear, recordKey: version.recordKey, title: version.title },
  ...{ subject: version.subjectCode, obtainedOn: version.obtainedOn, updateTimeMs: version.updateTimeMs },
  ...{ platform: source, state: "registered", recognition: "as-registered", contentDigest: version.contentDigest },
});

const streamOf = ({ practitionerId }: RecordVersion) => `practitioner-${practitionerId}`;

/** The files of its installation that make types, functions and indexes, in the order of its own script. */
const MESSAGE_DB_FILES = [
  ...["schema/message-store", "extensions/pgcrypto", "tables/messages", "types/message"],
  ...["message-store-version", "hash-64", "acquire-lock", "category", "is-category", "id", "cardinal-id"].map(
    (name) => `functions/${name}`,
  ),
  ...["stream-version", "write-message", "get-stream-messages", "get-category-messages", "get-last-stream-message"].map(
    (name) => `functions/${name}`,
  ),
  ...["messages-id", "messages-stream", "messages-category"].map((name) => `indexes/${name}`),
];

/**
 * Message DB by its own `write_message`, for a whole batch in one statement and transaction: the message's id is the
 * record's, so a repeated one is left out, and each call checks the version of the person's stream. It locks the category,
 * so that more than one connection would only wait.
 */
export async function startMessageDb(directory: string, url: string): Promise<Poster> {
  const owner = connect({ url, connectionsMax: 1, applicationName: "bench-message-db" });
  const base = join(directory, "node_modules", "@eventide", "message-db", "database");
  const database = new URL(url).pathname.slice(1);
  await owner.unsafe(`ALTER DATABASE "${database}" SET search_path TO message_store, public`);
  await owner.unsafe("SET search_path TO message_store, public");
  for (const file of MESSAGE_DB_FILES) await owner.unsafe(readFileSync(join(base, `${file}.sql`), "utf8"));
  await owner.end({ timeout: 5 });
  const sql = connect({ url, connectionsMax: 1, applicationName: "bench-message-db" });
  return {
    name: MESSAGE_DB,
    connections: 1,
    async post({ versions }: StoredBatch) {
      const next = new Map<string, number>();
      const expected = versions.map(({ practitionerId }) => {
        const version = next.get(practitionerId) ?? -1;
        next.set(practitionerId, version + 1);
        return version;
      });
      await sql`
        SELECT write_message(message.id, message.stream, 'RecordPosted', message.data, NULL, message.expected)
        FROM unnest(${versions.map((one) => one.recordKey)}::varchar[], ${versions.map(streamOf)}::varchar[],
          ${versions.map((one) => JSON.stringify(dataOf(one)))}::text[]::jsonb[], ${expected.map(String)}::bigint[]
        ) AS message (id, stream, data, expected)
        WHERE NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = message.id::uuid)`;
    },
    settle: async () => {},
    count: async () => Number((await sql`SELECT count(*)::int AS count FROM messages`)[0]?.count),
    close: () => sql.end({ timeout: 5 }),
  };
}

interface Emmett {
  getPostgreSQLEventStore(url: string): EmmettStore;
}
interface EmmettStore {
  readonly schema: { migrate(): Promise<unknown> };
  appendToStream(
    stream: string,
    events: readonly object[],
    options: { readonly expectedStreamVersion: bigint },
  ): Promise<unknown>;
  close(): Promise<void>;
}

const EMMETT_CONNECTIONS = 4;

/**
 * Emmett by `appendToStream`: a transaction for each person's stream, which is its way, several at a time on its own pool;
 * the message's id is the record's, under a unique index that was added, so a repeated one is refused.
 */
export async function startEmmett(directory: string, url: string): Promise<Poster> {
  const load = createRequire(join(directory, "package.json"));
  const { getPostgreSQLEventStore } = load("@event-driven-io/emmett-postgresql") as Emmett;
  const store = getPostgreSQLEventStore(url);
  await store.schema.migrate();
  const sql = connect({ url, connectionsMax: 1, applicationName: "bench-emmett" });
  await sql`CREATE UNIQUE INDEX bench_record_once ON emt_messages (message_id, partition, is_archived)`;
  return {
    name: EMMETT,
    connections: 1,
    async post({ versions }: StoredBatch) {
      const streams = [...Map.groupBy(versions, streamOf)];
      const appendSome = async () => {
        for (let stream = streams.shift(); stream !== undefined; stream = streams.shift()) {
          const events = stream[1].map((version) => ({
            ...{ type: "RecordPosted", data: dataOf(version), metadata: { messageId: version.recordKey } },
          }));
          await store.appendToStream(stream[0], events, { expectedStreamVersion: 0n });
        }
      };
      await Promise.all(Array.from({ length: EMMETT_CONNECTIONS }, appendSome));
    },
    settle: async () => {},
    count: async () => Number((await sql`SELECT count(*)::int AS count FROM emt_messages`)[0]?.count),
    close: async () => {
      await Promise.all([store.close(), sql.end({ timeout: 5 })]);
    },
  };
}

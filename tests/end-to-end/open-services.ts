import { randomBytes } from "node:crypto";
import { type PrincipalKind, SCOPES_BY_KIND } from "@xueshi/contracts";
import { activateRuleSet, connect, type Sql, writeApiKey } from "@xueshi/database";
import { createTestDatabase } from "@xueshi/database/testing";
import { createApiKey } from "@xueshi/http";
import { type IngestionWorkerOptions, startIngestionWorker } from "@xueshi/ingestion-worker";
import { startLedgerService } from "@xueshi/ledger-service";
import { grantQueue, migrateQueue } from "@xueshi/queue";
import { loadRulebook } from "@xueshi/rulebook";
import { createLogger, createUuidV7, type Keys, systemClock } from "@xueshi/runtime";
import { createVault, type Vault } from "@xueshi/vault";
import { waitFor } from "./wait-for.ts";

/** Someone fictional. */
export const ID = "330899197312100005";
export const NAME = "邓国刚";

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** What a test reads of it is what it asserts. */
  readonly json: ReturnType<typeof JSON.parse>;
  readonly text: string;
}

export interface OpenServices {
  readonly ingestionUrl: string;
  readonly ledgerUrl: string;
  /** As the owner of the tables. */
  readonly owner: Sql;
  readonly ownerUrl: string;
  /** A login of a service's own. */
  readonly urlAs: (role: "query") => Promise<string>;
  /** API keys by the name of their holder. */
  readonly keys: Readonly<Record<string, string>>;
  readonly logged: readonly string[];
  readonly vault: Vault;
  readonly vaultKeys: Keys;
  call(
    base: string,
    method: string,
    path: string,
    key: string | null,
    body?: unknown,
    headers?: object,
  ): Promise<Answered>;
  /** Pushes as demo-training. */
  push(records: readonly unknown[], headers?: object): Promise<Answered>;
  posted(batchId: string): Promise<Answered["json"]>;
  /** What the service said of a record, once nothing of it is pending. */
  record(recordId: string): Promise<Answered["json"]>;
  /** Ends the ingestion worker in the middle of what it does, and starts another, with other options from then on. */
  restartIngestion(changes?: Partial<IngestionWorkerOptions>): Promise<void>;
  close(): Promise<void>;
}

const HOLDERS: readonly (readonly [PrincipalKind, string])[] = [
  ["source", "demo-training"],
  ["source", "quzhou-city"],
  ["source", "other-training"],
  ["declaration-system", "declarations"],
  ["operator", "operator"],
  ["operator", "second-operator"],
];

/** The ingestion worker and the ledger service over a database of their own, with keys for everybody. */
export async function openServices(options: Partial<IngestionWorkerOptions> = {}): Promise<OpenServices> {
  const database = await createTestDatabase();
  await migrateQueue(database.url);
  const urls = { ingestion: await database.urlAs("ingestion"), ledger: await database.urlAs("ledger") };
  const logins = Object.values(urls).map((url) => new URL(url).username);
  await grantQueue(database.url, logins);
  const owner = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
  const keys = await prepare(owner);
  const logged: string[] = [];
  const logger = createLogger({ service: "test", clock: systemClock, write: (line) => void logged.push(line) });
  const place = { redisUrl: null, host: "127.0.0.1", port: 0 };
  const base = { ...place, clock: systemClock, newId: createUuidV7(systemClock), logger };
  const vaultKeys = { indexKey: randomBytes(32), masterKey: randomBytes(32) };
  let ingestionOptions = options;
  const startIngestion = () =>
    startIngestionWorker({
      ...{ ...base, databaseUrl: urls.ingestion, keys: vaultKeys, targets: {}, schedules: false },
      ...ingestionOptions,
    });
  let ingestion = await startIngestion();
  const { sources } = options;
  const ledger = await startLedgerService({
    ...{ ...base, databaseUrl: urls.ledger },
    ...(sources === undefined ? {} : { sources }),
  });
  const call: OpenServices["call"] = async (at, method, path, key, body, headers = {}) => {
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const response = await fetch(at + path, {
      method,
      headers: {
        ...(key === null ? {} : { Authorization: `Bearer ${keys[key] ?? key}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json$/.test(response.headers.get("content-type")?.split(";")[0] ?? "");
    return { status: response.status, headers: response.headers, text, json: isJson ? tryParse(text) : null };
  };
  const record: OpenServices["record"] = (recordId) =>
    waitFor(`${recordId} to be settled`, async () => {
      const path = `/v1/records/${encodeURIComponent(recordId)}`;
      const { json } = await call(ingestion.url, "GET", path, "demo-training");
      return json?.isPending === false ? json : null;
    });
  return {
    get ingestionUrl() {
      return ingestion.url;
    },
    ledgerUrl: ledger.url,
    owner,
    ownerUrl: database.url,
    urlAs: (role) => database.urlAs(role),
    keys,
    logged,
    vault: createVault(vaultKeys),
    vaultKeys,
    call,
    push: (records, headers) => call(ingestion.url, "POST", "/v1/records", "demo-training", { records }, headers),
    posted: (batchId) =>
      waitFor("the batch to be posted", async () => {
        const { json } = await call(ingestion.url, "GET", `/v1/batches/${batchId}`, "demo-training");
        return json.state === "posted" ? json : null;
      }),
    record,
    async restartIngestion(changes = {}) {
      ingestionOptions = { ...ingestionOptions, ...changes };
      await ingestion.close();
      ingestion = await startIngestion();
    },
    async close() {
      await ingestion.close();
      await ledger.close();
      await owner.end();
      await database.drop();
    },
  };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function prepare(owner: Sql): Promise<Record<string, string>> {
  const newId = createUuidV7(systemClock);
  const keys: Record<string, string> = {};
  for (const [kind, name] of HOLDERS) {
    const { key, keyHash } = createApiKey(kind, randomBytes);
    const scopes = SCOPES_BY_KIND[kind];
    await writeApiKey(owner, { keyId: newId(), keyDigest: keyHash, kind, name, scopes, createdAtMs: systemClock() });
    keys[name] = key;
  }
  for (const { ruleSet, digest, text } of loadRulebook().files) {
    const activatedAtMs = systemClock();
    await activateRuleSet(owner, { ruleSetId: ruleSet.id, activatedAtMs, digest, fullText: text, activatedBy: "test" });
  }
  return keys;
}

/** A record as a training platform sends it. */
export function pushedRecord(recordId: string, changes: object = {}): object {
  return {
    recordId,
    practitioner: { idType: "resident-id", idNumber: ID, name: NAME },
    title: `课程 ${recordId}`,
    hours: 8,
    subject: "professional",
    obtainedOn: "2020-03-02",
    ...changes,
  };
}

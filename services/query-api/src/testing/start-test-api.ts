import { randomBytes } from "node:crypto";
import {
  type BalancesResponse,
  type EntriesResponse,
  type FieldError,
  type LookupResponse,
  type PrincipalKind,
  type Problem,
  SCOPES_BY_KIND,
  type VerdictResponse,
} from "@xueshi/contracts";
import {
  activateRuleSet,
  connect,
  type Sql,
  stateInstallation,
  writeApiKey,
  writePlatformMark,
} from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { type EntryBody, normaliseName, type ResidentId } from "@xueshi/domain";
import { createApiKey } from "@xueshi/http";
import { loadRulebook } from "@xueshi/rulebook";
import {
  type AccessLogMode,
  createLogger,
  createTestUuidV7,
  createUuidV7,
  type TestClock,
  testClock,
} from "@xueshi/runtime";
import { createVault, type Vault } from "@xueshi/vault";
import { startQueryApi } from "../start-query-api.ts";
import { named, type Person, post } from "./people.ts";

/** Half a year in: everything is pulled until now, and the rules were activated in January. */
export const NOW = "2020-07-31T10:00:00.000+08:00";
export const NOW_MS = Date.parse(NOW);
export const RULES_ACTIVATED_MS = Date.parse("2020-01-01T00:00:00Z");
export const PLATFORM_NAMES = ["quzhou-city", "zj-industry", "zj-natural-resources"] as const;

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; an empty object when it is none. */
  readonly json: Json;
}

/** Whatever the service answers: a test reads the part that its request is answered with. */
type Json = VerdictResponse & { readonly verdictId: string } & BalancesResponse &
  EntriesResponse &
  LookupResponse &
  Problem & {
    readonly errors: readonly FieldError[];
    readonly results: readonly (Partial<VerdictResponse> & { readonly problem?: Problem })[];
    readonly state: string;
    readonly checks: Readonly<Record<string, string>>;
    readonly openapi: string;
    readonly paths: Readonly<Record<string, unknown>>;
  };

export interface TestRequest {
  readonly key?: string | null;
  readonly body?: unknown;
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestApi {
  readonly url: string;
  readonly database: TestDatabase;
  /** Connected as the owner of the database. */
  readonly sql: Sql;
  readonly clock: TestClock;
  readonly vault: Vault;
  readonly vaultKeys: { readonly indexKey: Buffer; readonly masterKey: Buffer };
  readonly key: string;
  readonly keyId: string;
  /** What the service has logged, every level. */
  readonly log: readonly string[];
  addKey(kind: PrincipalKind, name: string, scopes?: readonly string[]): Promise<{ key: string; keyId: string }>;
  idOf(someone: Person): string;
  /** Makes a person known by name and posts these entries, at the clock's time unless another is given. */
  give(someone: Person, bodies: readonly EntryBody[], recordedAtMs?: number): Promise<string>;
  mark(platform: string, completeUntilMs: number | null, recordedAtMs: number): Promise<void>;
  send(method: "GET" | "POST", path: string, request?: TestRequest): Promise<TestAnswer>;
  /** Stops the service only. */
  stop(): Promise<void>;
  /** Stops the service and removes the database. */
  close(): Promise<void>;
}

/** The service on a database of its own, with the real rules, fresh platforms and a declaration system's key. */
export async function startTestApi(
  options: { accessLog?: AccessLogMode; without?: "rules" | "marks"; feedRetentionDays?: number } = {},
): Promise<TestApi> {
  const database = await createTestDatabase();
  const sql = connect({ url: database.url, connectionsMax: 2, applicationName: "test" });
  const clock = testClock(NOW_MS);
  const newId = createTestUuidV7(clock);
  const keys = { indexKey: randomBytes(32), masterKey: randomBytes(32) };
  const vault = createVault(keys);
  await stateInstallation(sql, vault.fingerprint, NOW_MS);
  const log: string[] = [];
  const mark: TestApi["mark"] = (platform, completeUntilMs, recordedAtMs) =>
    sql.begin((tx) => {
      const outcome = completeUntilMs === null ? "partial" : "complete";
      return writePlatformMark(tx, { platform, pullId: newId(), completeUntilMs, outcome, recordedAtMs });
    });
  const addKey: TestApi["addKey"] = async (kind, name, scopes = SCOPES_BY_KIND[kind]) => {
    const { key, keyHash } = createApiKey(kind, randomBytes);
    const keyId = newId();
    await writeApiKey(sql, { keyId, keyDigest: keyHash, kind, name, scopes, createdAtMs: clock() });
    return { key, keyId };
  };
  if (options.without !== "rules") await activateRules(sql);
  if (options.without !== "marks") {
    for (const platform of PLATFORM_NAMES) await mark(platform, NOW_MS - 60_000, NOW_MS - 60_000);
  }
  const { key, keyId } = await addKey("declaration-system", "declarations");
  const service = await startQueryApi({
    databaseUrl: await database.urlAs("query"),
    keys,
    host: "127.0.0.1",
    port: 0,
    clock,
    newId: createUuidV7(clock),
    logger: createLogger({ service: "query-api", level: "debug", clock, write: (line) => void log.push(line) }),
    accessLog: options.accessLog ?? "group",
    feedRetentionDays: options.feedRetentionDays ?? null,
  });
  const idOf = (someone: Person) => vault.practitionerIdOf(someone.idNumber as ResidentId);
  return {
    url: service.url,
    database,
    sql,
    clock,
    vault,
    vaultKeys: keys,
    key,
    keyId,
    log,
    addKey,
    idOf,
    mark,
    give: async (someone, bodies, recordedAtMs = clock()) => {
      const practitionerId = idOf(someone);
      const identity = named(vault.nameDigestOf(practitionerId, normaliseName(someone.name)));
      await post(sql, practitionerId, [identity, ...bodies], recordedAtMs);
      return practitionerId;
    },
    send: (method, path, request = {}) => send(`${service.url}${path}`, method, { key, ...request }),
    stop: () => service.close(),
    close: async () => {
      await service.close();
      await sql.end();
      await database.drop();
    },
  };
}

async function activateRules(sql: Sql): Promise<void> {
  for (const { ruleSet, digest, text } of loadRulebook().files) {
    const activation = { ruleSetId: ruleSet.id, activatedAtMs: RULES_ACTIVATED_MS, digest, fullText: text };
    await activateRuleSet(sql, { ...activation, activatedBy: "test" });
  }
}

async function send(url: string, method: string, request: TestRequest): Promise<TestAnswer> {
  const body = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const response = await fetch(url, {
    method,
    headers: {
      ...(request.key == null ? {} : { Authorization: `Bearer ${request.key}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...request.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {} as Json;
  }
}

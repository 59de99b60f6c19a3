import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type PrincipalKind, SCOPES_BY_KIND } from "@xueshi/contracts";
import {
  connect,
  ensureServiceLogin,
  migrateDatabase,
  SERVICE_ROLES,
  type ServiceRole,
  type Sql,
  writeApiKey,
} from "@xueshi/database";
import { createApiKey, hashApiKey } from "@xueshi/http";
import { PLATFORMS, PUSH_SOURCES } from "@xueshi/platforms";
import { grantQueue, migrateQueue } from "@xueshi/queue";
import { loadRulebook } from "@xueshi/rulebook";
import { activateRulebook } from "../rules/activate-rulebook.ts";
import { writeWhole } from "./write-whole.ts";

export interface Credentials {
  readonly sources: Readonly<Record<string, { readonly apiKey: string }>>;
  readonly declarationSystem: { readonly apiKey: string };
  readonly operator: { readonly apiKey: string };
}

export interface PreparedDatabase {
  /** URL with the login of each service. */
  readonly serviceUrls: Readonly<Record<ServiceRole, string>>;
  readonly credentials: Credentials;
}

interface PrepareContext {
  readonly clock: () => number;
  readonly newId: () => string;
}

/**
 * Brings a database to where the services can start: schema, queue tables, logins, the bundled rules except
 * drafts, API keys. Every step may be repeated. Keys are random, made once, and kept in the data directory (mode 0600).
 */
export async function prepareDatabase(
  ownerUrl: string,
  dataDir: string,
  { clock, newId }: PrepareContext,
): Promise<PreparedDatabase> {
  await migrateDatabase({ url: ownerUrl });
  await migrateQueue(ownerUrl);
  const sql = connect({ url: ownerUrl, connectionsMax: 1, applicationName: "xueshi-start" });
  try {
    const passwords = await readOrMake(join(dataDir, "database-logins.json"), () =>
      Object.fromEntries(SERVICE_ROLES.map((role) => [role, randomBytes(24).toString("base64url")])),
    );
    const logins: string[] = [];
    const serviceUrls: Partial<Record<ServiceRole, string>> = {};
    for (const role of SERVICE_ROLES) {
      const password = passwords[role];
      if (password === undefined) throw new Error(`database-logins.json has no password for ${role}.`);
      const login = await ensureServiceLogin(sql, role, password);
      logins.push(login);
      serviceUrls[role] = withLogin(ownerUrl, login, password);
    }
    await grantQueue(ownerUrl, logins);
    await activateRulebook(sql, loadRulebook().files, { activatedBy: "start", clock });
    const credentials = await readOrMake(join(dataDir, "credentials.json"), makeCredentials);
    await storeKeys(sql, credentials, { clock, newId });
    return { serviceUrls: serviceUrls as Record<ServiceRole, string>, credentials };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function makeCredentials(): Credentials {
  const key = (kind: PrincipalKind) => ({ apiKey: createApiKey(kind, randomBytes).key });
  const names = [...PUSH_SOURCES, ...PLATFORMS].map((source) => source.name);
  return {
    sources: Object.fromEntries(names.map((name) => [name, key("source")])),
    declarationSystem: key("declaration-system"),
    operator: key("operator"),
  };
}

async function storeKeys(sql: Sql, credentials: Credentials, { clock, newId }: PrepareContext): Promise<void> {
  const store = (kind: PrincipalKind, name: string, { apiKey }: { apiKey: string }) =>
    writeApiKey(sql, {
      keyId: newId(),
      keyDigest: hashApiKey(apiKey),
      kind,
      name,
      scopes: SCOPES_BY_KIND[kind],
      createdAtMs: clock(),
    });
  for (const [name, key] of Object.entries(credentials.sources)) await store("source", name, key);
  await store("declaration-system", "demo-declarations", credentials.declarationSystem);
  await store("operator", "demo-operator", credentials.operator);
}

async function readOrMake<T>(file: string, make: () => T): Promise<T> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text !== null) return JSON.parse(text) as T;
  const made = make();
  await writeWhole(file, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

function withLogin(url: string, login: string, password: string): string {
  const changed = new URL(url);
  changed.username = login;
  changed.password = password;
  return changed.href;
}

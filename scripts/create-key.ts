import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { PRINCIPAL_KINDS, type PrincipalKind, SCOPES_BY_KIND } from "@xueshi/contracts";
import { connect, writeApiKey } from "@xueshi/database";
import { createApiKey } from "@xueshi/http";
import { createUuidV7, systemClock } from "@xueshi/runtime";

const HELP = `Makes an API key and prints it, once: only its hash is kept.

  pnpm key:create --kind KIND --name NAME      (in a container: node create-key.js --kind KIND --name NAME)

  --kind KIND   ${PRINCIPAL_KINDS.join(", ")}
  --name NAME   the source, declaration system or operator that will hold it, in kebab-case
  --help        this text

Environment:
  DATABASE_URL  PostgreSQL, as the user that ran the migrations (required)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { kind: { type: "string" }, name: { type: "string" }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const url = process.env.DATABASE_URL;
  if (url === undefined || url === "") throw new Error("DATABASE_URL is required.");
  const kind = PRINCIPAL_KINDS.find((known): known is PrincipalKind => known === values.kind);
  if (kind === undefined) throw new Error(`--kind must be one of ${PRINCIPAL_KINDS.join(", ")}.`);
  const name = values.name ?? "";
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) throw new Error("--name must be kebab-case, such as demo-training.");
  const { key, keyHash } = createApiKey(kind, randomBytes);
  const sql = connect({ url, connectionsMax: 1, applicationName: "xueshi-create-key" });
  try {
    const newId = createUuidV7(systemClock);
    const row = { keyId: newId(), keyDigest: keyHash, kind, name, scopes: SCOPES_BY_KIND[kind] };
    await writeApiKey(sql, { ...row, createdAtMs: systemClock() });
  } finally {
    await sql.end({ timeout: 5 });
  }
  process.stdout.write(`${key}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
  process.exitCode = 1;
});

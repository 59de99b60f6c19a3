import { parseArgs } from "node:util";
import {
  connect,
  ensureServiceLogin,
  migrateDatabase,
  SERVICE_ROLES,
  type ServiceRole,
  type Sql,
} from "@xueshi/database";
import { grantQueue, migrateQueue } from "@xueshi/queue";
import { loadRulebook } from "@xueshi/rulebook";
import { systemClock } from "@xueshi/runtime";
import { activateRulebook } from "./rules/activate-rulebook.ts";

const HELP = `Brings a database to where the services can start: schema, group roles, queue tables, rules in force. May be
repeated at any time; several at once wait for each other.

  pnpm migrate [flags]                (in a container: node migrate.js [flags])

  --migrations DIR   reviewed SQL to apply (MIGRATIONS_DIR, else the bundled one)
  --rules DIR        rule files to activate (RULES_DIR, else the bundled ones)
                     Activated are texts that this database never had, except drafts: "pnpm rules activate" does those
  --no-rules         activate nothing: which rules are in force is decided elsewhere
  --activated-by X   who activates, as the activation row will say (migrate)
  --help             this text

Environment:
  DATABASE_URL                PostgreSQL 15 or newer, as a user that may create schemas and roles (required)
  XUESHI_INGESTION_PASSWORD   makes, or gives this password to, the login of that service; the same for
  XUESHI_LEDGER_PASSWORD      the others. 16 or more of A-Z a-z 0-9 _ and -. Unset: that login is left
  XUESHI_QUERY_PASSWORD       as it is
`;

/** The queue is used by who enqueues and who works; the query API does neither. */
const QUEUE_ROLES = ["xueshi_ingestion", "xueshi_ledger"];

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      migrations: { type: "string" },
      rules: { type: "string" },
      "no-rules": { type: "boolean", default: false },
      "activated-by": { type: "string", default: "migrate" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const url = process.env.DATABASE_URL;
  if (url === undefined || url === "") throw new Error("DATABASE_URL is required.");
  const migrationsFolder = values.migrations ?? process.env.MIGRATIONS_DIR;
  await migrateDatabase({ url, ...(migrationsFolder === undefined ? {} : { migrationsFolder }) });
  print("schema: up to date");
  await migrateQueue(url);
  await grantQueue(url, QUEUE_ROLES);
  print("queue: up to date");
  const sql = connect({ url, connectionsMax: 1, applicationName: "xueshi-migrate" });
  try {
    await makeLogins(sql);
    if (!values["no-rules"]) await activateRules(sql, values.rules ?? process.env.RULES_DIR, values["activated-by"]);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function makeLogins(sql: Sql): Promise<void> {
  const passwords: Readonly<Record<ServiceRole, string | undefined>> = {
    ingestion: process.env.XUESHI_INGESTION_PASSWORD,
    ledger: process.env.XUESHI_LEDGER_PASSWORD,
    query: process.env.XUESHI_QUERY_PASSWORD,
  };
  for (const role of SERVICE_ROLES) {
    const password = passwords[role];
    if (password === undefined || password === "") continue;
    print(`login: ${await ensureServiceLogin(sql, role, password)}`);
  }
}

async function activateRules(sql: Sql, directory: string | undefined, activatedBy: string): Promise<void> {
  const { files } = loadRulebook(directory);
  for (const { file, outcome } of await activateRulebook(sql, files, { activatedBy, clock: systemClock })) {
    print(`rules: ${file.ruleSet.id} version ${file.ruleSet.version} ${outcome}`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
  process.exitCode = 1;
});

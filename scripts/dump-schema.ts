import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { LEDGER_EXPORT_SCHEMA_PATH } from "@xueshi/contracts";
import { afterMigrations } from "./schema/catalog-after-migrations.ts";
import { exportSchema } from "./schema/export-schema.ts";
import { firstDifference } from "./schema/first-difference.ts";
import { readCatalog } from "./schema/read-catalog.ts";
import { renderCatalog } from "./schema/render-catalog.ts";

const ROOT = join(import.meta.dirname, "..");
const SCHEMA_FILE = join(ROOT, "packages/database/schema.txt");
const EXPORT_FILE = join(ROOT, "packages/contracts", LEDGER_EXPORT_SCHEMA_PATH);

const HELP = `Writes what the migrations make of an empty database to ${relative(ROOT, SCHEMA_FILE)},
and the form of a ledger export's lines to ${relative(ROOT, EXPORT_FILE)}.

  pnpm schema:dump [flags]

  --check      compare instead of writing; exit 1 when the file is not what the migrations make
  --major N    PostgreSQL 18 (embedded) or 15 (an installed one) (18)
  --help       this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      check: { type: "boolean", default: false },
      major: { type: "string", default: "18" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (values.major !== "15" && values.major !== "18") throw new Error("--major must be 15 or 18.");
  const read = await afterMigrations(values.major === "15" ? 15 : 18, async (sql) => ({
    schema: renderCatalog(await readCatalog(sql)),
    lines: await exportSchema(sql),
  }));
  if (read === null) throw new Error(`This machine has no PostgreSQL ${values.major}.`);
  const files = [
    { path: SCHEMA_FILE, text: read.schema },
    { path: EXPORT_FILE, text: read.lines },
  ];
  for (const { path, text } of files) await (values.check ? compare(path, text) : writeFile(path, text));
  if (!values.check) process.stdout.write(`${files.map(({ path }) => relative(ROOT, path)).join("\n")}\n`);
  else if (process.exitCode !== 1) process.stdout.write("The schema dump is what the migrations make.\n");
}

async function compare(path: string, text: string): Promise<void> {
  const difference = firstDifference(await readFile(path, "utf8").catch(() => ""), text);
  if (difference === null) return;
  process.stderr.write(`${relative(ROOT, path)} is stale (${difference}); write it anew with pnpm schema:dump.\n`);
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
  process.exitCode = 2;
});

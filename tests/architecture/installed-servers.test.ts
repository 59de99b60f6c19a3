import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, it } from "vitest";

/** Servers of the machine that some tests ask for; the embedded PostgreSQL 18 is always there. */
const servers = [
  {
    name: "PostgreSQL 15",
    installed: ["/usr/lib/postgresql/15/bin/postgres", "/usr/pgsql-15/bin/postgres"].some((path) => existsSync(path)),
  },
  { name: "Redis", installed: spawnSync("redis-server", ["--version"]).status === 0 },
  { name: "MariaDB", installed: spawnSync("mariadbd", ["--version"]).status === 0 },
];

it.each(servers)("$name is there for the tests that ask for it, or is said to be missing", ({ name, installed }) => {
  if (!installed) console.warn(`${name} is not installed here: the tests that ask for it DO NOT RUN on this machine.`);
  expect(installed || process.env.CI === undefined, `${name} must be installed where CI is set`).toBe(true);
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Licences that ask for no more than a notice (SPDX). */
const PERMISSIVE = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "PostgreSQL",
  "Python-2.0",
  "Unlicense",
]);

/** A file-level copyleft (MPL-2.0) of the test runner's own tools: never changed here, and in no bundle. */
const TOOLS = /^lightningcss(-|$)/;

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string | { readonly type?: string };
}

/** Every package that is installed, the ones others need included. */
export function listInstalledPackages(root: string): InstalledPackage[] {
  const store = join(root, "node_modules/.pnpm");
  return readdirSync(store).flatMap((folder) => {
    const inside = join(store, folder, "node_modules");
    if (!existsSync(inside)) return [];
    // The folder holds the package itself and links to what it needs; `name@version` of the folder says which it is.
    const [, name = ""] = /^((?:@[^+]+\+)?[^@]+)@/.exec(folder) ?? [];
    const file = join(inside, name.replace("+", "/"), "package.json");
    if (!existsSync(file)) return [];
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    const licence = typeof manifest.license === "string" ? manifest.license : (manifest.license?.type ?? "none");
    return [{ name: manifest.name ?? name, version: manifest.version ?? "", licence }];
  });
}

/** Packages whose licence asks for more than a notice. `A OR B` is as free as the freer one, `A AND B` as both. */
export function checkLicences(packages: readonly InstalledPackage[]): string[] {
  const isFree = (licence: string): boolean =>
    licence
      .replace(/[()]/g, "")
      .split(" OR ")
      .some((choice) => choice.split(" AND ").every((part) => PERMISSIVE.has(part.trim())));
  return packages
    .filter(({ name, licence }) => !isFree(licence) && !TOOLS.test(name))
    .map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
}

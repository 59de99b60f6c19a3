import { cpSync, existsSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import type { Plugin } from "rolldown";

const ASSET = /new URL\(\s*"(\.[^"]+)",\s*import\.meta\.url\s*\)/g;

/**
 * A module names what it reads at run time as `new URL("../rules", import.meta.url)`. In a bundle that address would lead
 * elsewhere: what it names is copied beside the bundle, and the address is written anew.
 */
export function carryAssets(workspaceDir: string, outDir: string): Plugin {
  return {
    name: "carry-assets",
    transform(code, id) {
      if (!code.includes("import.meta.url") || id.includes(`${sep}node_modules${sep}`)) return null;
      return code.replace(ASSET, (whole, path: string) => {
        const from = join(dirname(id), path);
        if (!existsSync(from)) return whole;
        const to = `assets/${assetName(relative(workspaceDir, from))}`;
        cpSync(from, join(outDir, to), { recursive: true });
        return `new URL("./${to}", import.meta.url)`;
      });
    },
  };
}

/** `packages/rulebook/rules` → `rulebook-rules`. */
function assetName(path: string): string {
  const [, member = ""] = path.split(sep);
  return `${member}-${basename(path)}`;
}

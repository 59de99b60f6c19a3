import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Programs that are no services but are needed where the services run. */
const COMMANDS = { migrate: "migrate.ts", "create-key": "create-key.ts", ledger: "ledger/main.ts" };

/** Every program that is bundled, by name: the services and the commands of an operator. */
export function bundleEntries(workspaceDir: string): ReadonlyMap<string, string> {
  const services = readdirSync(join(workspaceDir, "services"))
    .sort()
    .map((name) => [name, join(workspaceDir, "services", name, "src/main.ts")] as const)
    .filter(([, entry]) => existsSync(entry));
  const commands = Object.entries(COMMANDS).map(([name, file]) => [name, join(workspaceDir, "scripts", file)] as const);
  return new Map([...services, ...commands]);
}

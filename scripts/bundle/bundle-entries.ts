import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Programs that are no services but are needed where the services run. */
const COMMANDS = ["migrate", "create-key"];

/** Every program that is bundled, by name: the services and the commands of an operator. */
export function bundleEntries(workspaceDir: string): ReadonlyMap<string, string> {
  const services = readdirSync(join(workspaceDir, "services"))
    .sort()
    .map((name) => [name, join(workspaceDir, "services", name, "src/main.ts")] as const)
    .filter(([, entry]) => existsSync(entry));
  const commands = COMMANDS.map((name) => [name, join(workspaceDir, "scripts", `${name}.ts`)] as const);
  return new Map([...services, ...commands]);
}

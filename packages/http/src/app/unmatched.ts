import type { Route } from "@xueshi/contracts";

/** The methods, upper case, that the routes take at a path; empty when nothing is there. HEAD goes with GET. */
export function methodsAt(path: string, routes: readonly Route[]): string[] {
  const segments = path.split("/");
  const methods = new Set<string>();
  for (const route of routes) {
    if (!matches(route.path.split("/"), segments)) continue;
    methods.add(route.method.toUpperCase());
    if (route.method === "get") methods.add("HEAD");
  }
  return [...methods].sort();
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => (part.startsWith("{") ? segments[index] !== "" : part === segments[index]));
}

/** `/v1/batches/{batchId}` → `/v1/batches/:batchId`, as hono writes it. */
export function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/gu, ":$1");
}

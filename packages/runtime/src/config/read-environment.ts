import * as z from "zod";
import { RuntimeError } from "../runtime-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads environment variables by a zod shape whose keys are their names. An empty variable counts as absent.
 * @returns the parsed values
 * @throws RuntimeError `config_invalid`: names every variable that is wrong and the rule it breaks, never a value
 */
export function readEnvironment<Shape extends z.ZodRawShape>(
  environment: Environment,
  shape: Shape,
): z.infer<z.ZodObject<Shape>> {
  const given = Object.keys(shape).flatMap((name) => {
    const value = environment[name]?.trim();
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const result = z.object(shape).safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const present = new Set(given.map(([name]) => name));
  const problems = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? "environment");
    return `${name} ${present.has(name) ? "" : "is not set; it "}${issue.message}`;
  });
  throw new RuntimeError("config_invalid", `The configuration is not usable: ${problems.join("; ")}.`);
}

import { z } from "zod";

/** Where a value sits in a JSON body: the keys from the outside in; without keys it is the body itself. */
export const placeInBody = z.array(z.string().min(1)).readonly();
/** The same below the top of the body. */
export const keyInBody = z.array(z.string().min(1)).min(1).readonly();
export const expectedValue = z
  .object({ path: keyInBody, value: z.union([z.string(), z.number(), z.boolean()]) })
  .readonly();
export const milliseconds = z.int().min(1).max(3_600_000);
const fixedValue = z.union([z.string(), z.number(), z.boolean()]);

/** How an interface is asked: its path, and where the parameters of a question go. */
export const endpointShape = {
  path: z.string().startsWith("/"),
  method: z.enum(["GET", "POST"]).default("GET"),
  /** Where parameters go; the two bodies are for POST. */
  parameters: z.enum(["query", "json-body", "form-body"]).default("query"),
  /** Parameters that each question carries besides its own, which win over these. */
  fixed: z.record(z.string().min(1), fixedValue).readonly().default({}),
  /** Where a parameter sits in a JSON body; without a place it is a key of the body by its own name. */
  places: z.record(z.string().min(1), keyInBody).readonly().default({}),
  /** Parameters that a JSON body carries as numbers, besides those that count rows and pages. */
  numbers: z.array(z.string().min(1)).readonly().default([]),
};

const endpoint = z.object(endpointShape);
export type Endpoint = z.infer<typeof endpoint>;

/** What is wrong with how an interface is asked, for zod; null: nothing. */
export function endpointProblem({ method, parameters, places }: Endpoint): string | null {
  if (method === "GET" && parameters !== "query") return "A GET has its parameters in the query.";
  const paths = Object.values(places);
  if (parameters !== "json-body" && paths.length > 0) return "Only a JSON body has places.";
  const isInside = (inner: readonly string[], outer: readonly string[]) => outer.every((key, at) => inner[at] === key);
  const collides = paths.some((path, at) => paths.some((other, otherAt) => at !== otherAt && isInside(path, other)));
  return collides ? "Two parameters have places one inside the other." : null;
}

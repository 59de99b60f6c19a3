import { readFile } from "node:fs/promises";
import { PLATFORMS } from "@xueshi/platforms";
import { z } from "zod";

const targetSchema = z.union([
  z.strictObject({ baseUrl: z.url(), credentials: z.record(z.string(), z.string()) }),
  z.strictObject({ folder: z.string().min(1) }),
]);
const targetsSchema = z.record(z.string(), targetSchema);

/** Where a platform is reached: an address with credentials, or a folder. */
export type PlatformTarget = z.infer<typeof targetSchema>;
export type PlatformTargets = Readonly<Record<string, PlatformTarget>>;

/**
 * Reads the targets of this installation from a JSON file that only the service can read: it holds credentials.
 * @throws Error naming the file and the platform at fault, never a value
 */
export async function readPlatformTargets(file: string): Promise<PlatformTargets> {
  const text = await readFile(file, "utf8");
  const parsed = targetsSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const places = parsed.error.issues.map((issue) => issue.path.join(".") || "the file").join(", ");
    throw new Error(`The platform targets in ${file} are not of the expected form at: ${places}.`);
  }
  const unknown = Object.keys(parsed.data).filter((name) => !PLATFORMS.some((platform) => platform.name === name));
  if (unknown.length > 0)
    throw new Error(`The platform targets in ${file} name unknown platforms: ${unknown.join(", ")}.`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

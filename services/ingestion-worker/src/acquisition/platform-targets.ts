import { readFile } from "node:fs/promises";
import { PLATFORMS } from "@xueshi/platforms";
import { z } from "zod";
import type { HttpTarget } from "./pull-context.ts";

const httpTarget = z.strictObject({
  baseUrl: z.url({ protocol: /^https?$/ }),
  /** Where tokens are issued, when that is not below `baseUrl`. */
  tokenBaseUrl: z.url({ protocol: /^https?$/ }).optional(),
  credentials: z.record(z.string(), z.string()),
  /** `http://host:port`, with a user and a password in front where it wants them. */
  proxy: z.url({ protocol: /^https?$/ }).optional(),
  /** PEM file of certificates to trust besides those that Node trusts. */
  caFile: z.string().min(1).optional(),
});
const folderTarget = z.strictObject({ folder: z.string().min(1) });
const databaseTarget = z.strictObject({ databaseUrl: z.string().regex(/^(postgres(ql)?|mysql):\/\/\S+$/) });
const settingsSchema = z.record(z.string(), z.union([httpTarget, folderTarget, databaseTarget]));

/** What an installation says of where its platforms are reached. */
export type TargetSettings = Readonly<z.infer<typeof settingsSchema>>;
export type HttpTargetSettings = z.infer<typeof httpTarget>;

/** Where a platform is reached: an address with credentials, a folder, or a staging database. */
export type PlatformTarget = HttpTarget | z.infer<typeof folderTarget> | z.infer<typeof databaseTarget>;
export type PlatformTargets = Readonly<Record<string, PlatformTarget>>;

/**
 * Reads the targets of this installation from a JSON file that only the service can read: it holds credentials.
 * @throws Error naming the file and the platform at fault, never a value
 */
export async function readPlatformTargets(file: string): Promise<TargetSettings> {
  const text = await readFile(file, "utf8");
  const parsed = settingsSchema.safeParse(parseJson(text));
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

import { type PullFinding, readFileRows } from "@xueshi/database";
import type { Platform } from "@xueshi/platforms";
import { z } from "zod";
import type { IngestionContext } from "../ingestion-context.ts";
import { judgeDrop } from "./judge-completeness.ts";

const filesCursor = z.object({ files: z.record(z.string(), z.string()) });

/**
 * Holds files that came again against what they were.
 * @param cursor the platform's, from before the pull: the files that had been taken
 * @param files rows of each file that the pull took
 */
export async function judgeFiles(
  context: Pick<IngestionContext, "sql">,
  platform: Platform,
  cursor: unknown,
  files: Readonly<Record<string, number>>,
): Promise<PullFinding[]> {
  const stored = filesCursor.safeParse(cursor);
  if (!stored.success) return [];
  const findings: PullFinding[] = [];
  for (const [name, rows] of Object.entries(files)) {
    if (!Object.hasOwn(stored.data.files, name)) continue;
    const before = await readFileRows(context.sql, platform.name, name);
    if (before !== null) findings.push(...judgeDrop(name, before, rows, platform.expectations));
  }
  return findings;
}

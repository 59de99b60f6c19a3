import { type PullFinding, readFileRows, readFilesSinceComplete, type TakenFiles } from "@xueshi/database";
import type { Platform } from "@xueshi/platforms";
import { z } from "zod";
import type { IngestionContext } from "../ingestion-context.ts";
import { judgeDrop } from "./judge-completeness.ts";

const filesCursor = z.object({ files: z.record(z.string(), z.string()) });

/** What a pull took of a folder. */
export interface FolderRead {
  readonly pullId: string;
  /** The platform's cursor from before the pull: the files that had been taken. */
  readonly cursor: unknown;
  /** Rows of each file that the pull took. */
  readonly files: Readonly<Record<string, number>>;
}

/**
 * Holds files that came again against what they were when the platform was last complete.
 * @param reach `all`: also files that other pulls have taken since, however those ended; `own`: those of this pull only
 */
export async function judgeFiles(
  context: Pick<IngestionContext, "sql">,
  platform: Platform,
  read: FolderRead,
  reach: "all" | "own",
): Promise<PullFinding[]> {
  if (platform.connection.transport !== "file") return [];
  const stored = filesCursor.safeParse(read.cursor);
  const known = stored.success ? stored.data.files : {};
  const since = await readFilesSinceComplete(context.sql, platform.name);
  const takings = [
    ...since.filter(({ pullId }) => pullId !== read.pullId),
    { pullId: read.pullId, files: read.files, isComplete: false },
  ];
  const names = new Set((reach === "all" ? takings : [read]).flatMap(({ files }) => Object.keys(files)));
  const findings: PullFinding[] = [];
  for (const name of [...names].toSorted()) {
    const before = Object.hasOwn(known, name) ? await readFileRows(context.sql, platform.name, name) : null;
    findings.push(...judgeTakings(name, before, takings, platform.expectations));
  }
  return findings;
}

/** A file that has shrunk is held against what it was before, until it is whole again or a complete pull has taken it. */
function judgeTakings(
  name: string,
  rowsBefore: number | null,
  takings: readonly TakenFiles[],
  expectations: Platform["expectations"],
): PullFinding[] {
  let before = rowsBefore;
  let findings: PullFinding[] = [];
  for (const { files, isComplete } of takings) {
    const rows = Object.hasOwn(files, name) ? files[name] : undefined;
    if (rows === undefined) continue;
    findings = before === null || isComplete ? [] : judgeDrop(name, before, rows, expectations);
    if (findings.length === 0) before = rows;
  }
  return findings;
}

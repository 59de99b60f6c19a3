import {
  endImpactPreview,
  type ImpactFlip,
  type ImpactPreviewStart,
  readPeopleEntries,
  readPractitionerIds,
  type Sql,
  startImpactPreview,
  writeImpactFlips,
} from "@xueshi/database";
import { projectPerson } from "@xueshi/domain";
import { findFlips, type PreviewQuestion } from "./find-flips.ts";

/** Enough for a round trip to be shared, few enough that their entries are a few megabytes. */
const PEOPLE_PER_PAGE = 500;

export interface PreviewResult {
  readonly people: number;
  readonly flips: number;
  /** How many answers go from what to what, as `met > not_met`. */
  readonly byKind: ReadonlyMap<string, number>;
}

/**
 * Asks everybody the preview's questions before and after the draft, page by page in constant memory, and keeps every
 * answer that changes. Nothing is activated. `onPage` hears how many people were looked at so far.
 */
export async function runPreview(
  sql: Sql,
  start: ImpactPreviewStart,
  preview: PreviewQuestion,
  now: () => number,
  onPage: (people: number) => void,
): Promise<PreviewResult> {
  await startImpactPreview(sql, start);
  const byKind = new Map<string, number>();
  let [people, flipCount] = [0, 0];
  let afterId: string | null = null;
  for (;;) {
    const page: string[] = await readPractitionerIds(sql, afterId, PEOPLE_PER_PAGE);
    if (page.length === 0) break;
    const entries = await readPeopleEntries(sql, page, preview.nowMs);
    const flips = page.flatMap((practitionerId): ImpactFlip[] =>
      findFlips(projectPerson(entries.get(practitionerId) ?? []), preview).map((flip) => ({ practitionerId, ...flip })),
    );
    await writeImpactFlips(sql, start.previewId, flips);
    for (const { before, after } of flips) {
      const kind = `${before} > ${after}`;
      byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
    }
    people += page.length;
    flipCount += flips.length;
    afterId = page.at(-1) ?? null;
    onPage(people);
  }
  await endImpactPreview(sql, { previewId: start.previewId, endedAtMs: now(), people, flips: flipCount });
  return { people, flips: flipCount, byKind };
}

import {
  formatInstant,
  HOLD_TEXTS,
  type Language,
  presentFlags,
  RECORD_STATE_TEXTS,
  REFUSAL_TEXTS,
  type RecordResponse,
} from "@xueshi/contracts";
import {
  type ArrivedRefusal,
  type ArrivedVersion,
  readAchievementStandings,
  readArrivals,
  readArrivalsOfBatches,
  readNameDigests,
  readPostedStandings,
  type Transaction,
} from "@xueshi/database";
import {
  hoursToNumber,
  MAIN_SLOT,
  normaliseText,
  type PostedStanding,
  type RefusalCode,
  recordKeyOf,
  standingVersion,
} from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../ingestion-context.ts";

const WAITS: Readonly<Record<Language, string>> = {
  "zh-CN": "已接收，正待入账；稍后再查即可看到结果。",
  en: "It was taken in and waits to be posted; ask again in a moment.",
};

/** What became of a record of a source; null when the source never sent one with this id. */
export async function readRecordView(
  context: IngestionContext,
  { source, recordId }: { readonly source: string; readonly recordId: string },
  language: Language,
): Promise<RecordResponse | null> {
  const id = normaliseText(recordId);
  const recordKey = recordKeyOf(sha256Hex, source, id);
  const { versions, refusals } = await readArrivals(context.sql, recordKey);
  if (versions.length === 0 && refusals.length === 0) return null;
  const people = [...new Set(versions.map((version) => version.practitionerId))];
  const batchIds = [...new Set([...versions, ...refusals].map((row) => row.batchId))];
  const [nameDigests, batches, main] = await Promise.all([
    readNameDigests(context.sql, people),
    readArrivalsOfBatches(context.sql, batchIds),
    mainStanding(context, people, recordKey),
  ]);
  const isHeld = (version: ArrivedVersion) => nameDigests.get(version.practitionerId) !== version.nameDigest;
  const isPending = batchIds.some((batchId) => batches.get(batchId)?.isPosted === false);
  const [newest] = refusals;
  const held = versions.filter(isHeld);
  return {
    source,
    recordId: id,
    isPending,
    ...effectOf(main?.standing ?? null, held.length > 0 && !isPending),
    message: messageOf(main?.standing ?? null, { isPending, newest, isHeld: held.length > 0 }, language),
    countsInstead: main === null ? null : countsInstead(main, source),
    versions: presentVersions(versions, isHeld, (batchId) => batches.get(batchId)?.receivedAtMs ?? 0),
    refusedRows: refusals.map((row) => presentRow(row, row.code, refusalMessage(row.code, language))),
    heldRows: held.map((row) => presentRow(row, "identity_conflict", HOLD_TEXTS.identity_conflict.message[language])),
  };
}

interface MainStanding {
  readonly standing: PostedStanding;
  readonly rivals: readonly PostedStanding[];
}

/** How the record stands in the ledger, and what shares its achievement. */
async function mainStanding(
  context: IngestionContext,
  people: readonly string[],
  recordKey: string,
): Promise<MainStanding | null> {
  const tx = context.sql as unknown as Transaction;
  const pairs = people.map((practitionerId) => ({ practitionerId, recordKey }));
  const standing = (await readPostedStandings(tx, pairs)).find((one) => one.slot === MAIN_SLOT);
  if (standing === undefined) return null;
  const { practitionerId, achievementKey } = standing;
  const isDuplicate = standing.state === "duplicate" && achievementKey !== null;
  return {
    standing,
    rivals: isDuplicate ? await readAchievementStandings(tx, [{ practitionerId, achievementKey }]) : [],
  };
}

function effectOf(standing: PostedStanding | null, isHeld: boolean) {
  return {
    state: standing?.state ?? (isHeld ? ("held" as const) : null),
    counts: standing?.state === "registered",
    hours: standing?.hoursHundredths == null ? null : hoursToNumber(standing.hoursHundredths),
    subject: standing?.subject ?? null,
    subjectTrace: standing?.trace ?? null,
    year: standing?.attributedYear ?? null,
    obtainedOn: standing?.obtainedOn ?? null,
    platform: standing?.platform ?? null,
    note: standing?.note ?? null,
    flags: standing === null ? [] : (presentFlags(standing.flags) as RecordResponse["flags"]),
  };
}

/** The sentence that tells most: how it stands, else what it waits for, else why nothing of it was taken. */
function messageOf(
  standing: PostedStanding | null,
  other: { readonly isPending: boolean; readonly newest: ArrivedRefusal | undefined; readonly isHeld: boolean },
  language: Language,
): string {
  if (standing !== null) return RECORD_STATE_TEXTS[standing.state].message[language];
  if (other.isHeld && !other.isPending) return HOLD_TEXTS.identity_conflict.message[language];
  if (other.isPending || other.newest === undefined) return WAITS[language];
  return refusalMessage(other.newest.code, language);
}

function refusalMessage(code: string, language: Language): string {
  return REFUSAL_TEXTS[code as RefusalCode].message[language];
}

/** A record of another source is not named: its id is that source's own. */
function countsInstead({ standing, rivals }: MainStanding, source: string): RecordResponse["countsInstead"] {
  const counting = rivals.find((rival) => rival.state === "registered" && rival.recordKey !== standing.recordKey);
  if (counting === undefined) return null;
  return counting.source === source ? { source, recordId: counting.recordId } : { source: null, recordId: null };
}

function presentVersions(
  versions: readonly ArrivedVersion[],
  isHeld: (version: ArrivedVersion) => boolean,
  receivedAtMsOf: (batchId: string) => number,
): RecordResponse["versions"] {
  const current = standingVersion(versions.filter((version) => !isHeld(version)));
  return versions.map((version) => ({
    status: version.status,
    hours: version.hoursHundredths === null ? null : hoursToNumber(version.hoursHundredths),
    updateTime: formatInstant(version.updateTimeMs),
    receivedAt: formatInstant(receivedAtMsOf(version.batchId)),
    isCurrent: version === current,
  }));
}

function presentRow(row: { readonly updateTimeMs: number | null }, code: string, message: string) {
  return { code, message, updateTime: row.updateTimeMs === null ? null : formatInstant(row.updateTimeMs) };
}

import { type FindingRow, readSessions, type SessionRow, type Transaction, writeFindings } from "@xueshi/database";
import { isSession, type RecordVersion, sessionsOverlap } from "@xueshi/domain";

type Session = Parameters<typeof isSession>[0];

/**
 * Looks for sessions that one person cannot have attended both: a new version against all of the person's others. Each
 * pair is kept both ways, so it does not matter which of the two came first. Their people are locked by the caller.
 */
export async function findOverlaps(
  tx: Transaction,
  newVersions: readonly RecordVersion[],
  found: { readonly batchId: string; readonly atMs: number },
): Promise<void> {
  const sessions = newVersions.filter(isSession);
  if (sessions.length === 0) return;
  const days = sessions.flatMap(({ studiedFrom, studiedUntil, obtainedOn }) =>
    [studiedFrom, studiedUntil ?? obtainedOn].filter((day) => day !== null),
  );
  const [from = "", until = from] = [days.toSorted()[0], days.toSorted().at(-1)];
  const people = [...new Set(sessions.map((session) => session.practitionerId))];
  const stored = Map.groupBy(await readSessions(tx, people, { from, until }), (row) => row.practitionerId);
  const findings = sessions.flatMap((session) => overlapsOf(session, stored.get(session.practitionerId) ?? []));
  await writeFindings(tx, findings, found);
}

function overlapsOf(
  session: RecordVersion,
  others: readonly SessionRow[],
): (FindingRow & { readonly practitionerId: string })[] {
  const { recordKey, practitionerId } = session;
  const code = "overlapping_sessions" as const;
  return others
    .filter((other) => other.recordKey !== recordKey && sessionsOverlap(session, other as unknown as Session))
    .flatMap((other) => [
      { recordKey, code, otherRecordKey: other.recordKey, practitionerId },
      { recordKey: other.recordKey, code, otherRecordKey: recordKey, practitionerId },
    ]);
}

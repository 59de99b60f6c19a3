import {
  type DuplicateCandidatesResponse,
  decodeCursor,
  encodeCursor,
  fieldError,
  type Language,
  LIMITS,
} from "@xueshi/contracts";
import {
  type CandidateRow,
  duplicatesInForce,
  readCandidateRecords,
  readDuplicateDecisions,
  readErased,
  readPeopleOfSeveralSources,
  type Sql,
} from "@xueshi/database";
import { type Candidate, duplicatesByRecord, findCandidates, hoursToNumber } from "@xueshi/domain";
import { HttpProblem } from "@xueshi/http";
import { z } from "zod";

export interface CandidatesQuery {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
  readonly platform?: string | undefined;
  readonly days?: number | undefined;
  readonly scoreMin?: number | undefined;
}

/** From whom on to look, and of the first one behind which pair. */
const position = z.union([
  z.strictObject({ from: z.uuid() }),
  z.strictObject({ from: z.uuid(), left: z.uuid(), right: z.uuid() }),
]);
type Position = z.output<typeof position>;

const FROM_THE_FIRST: Position = { from: "00000000-0000-0000-0000-000000000000" };

/** How far one page looks; what it did not find by then is for the next one. */
const LOOKS_PER_PAGE = 4;
const PEOPLE_PER_LOOK = 500;
const AMONG_PER_LOOK = 20_000;

interface Found {
  readonly practitionerId: string;
  readonly candidate: Candidate<CandidateRow>;
}

/**
 * A page of likely duplicates of which nothing is decided, by person, then by key. It looks at a bounded part of the ledger
 * in a bounded number of statements, so it may be short. Throws `validation_failed` for a wrong cursor.
 */
export async function findDuplicates(
  sql: Sql,
  query: CandidatesQuery,
  language: Language,
): Promise<DuplicateCandidatesResponse> {
  const start = query.cursor === undefined ? FROM_THE_FIRST : decodeCursor(query.cursor, position);
  if (start === null) {
    throw new HttpProblem("validation_failed", { errors: [fieldError("cursor", "cursor_invalid", language)] });
  }
  const limit = query.limit ?? LIMITS.pageSizeDefault;
  const found: Found[] = [];
  let from: string | null = start.from;
  for (let look = 0; look < LOOKS_PER_PAGE && from !== null && found.length <= limit; look += 1) {
    const { people, nextFrom } = await readPeopleOfSeveralSources(sql, {
      from,
      among: AMONG_PER_LOOK,
      limit: PEOPLE_PER_LOOK,
    });
    found.push(...(await candidatesOf(sql, people, query)).filter((one) => isBehind(one, start)));
    from = nextFrom;
  }
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const next = last === undefined ? (from === null ? null : { from }) : placeOf(last);
  return {
    candidates: page.map(({ candidate }) => presentCandidate(candidate, language)),
    nextCursor: next === null ? null : encodeCursor(next),
  };
}

function placeOf({ practitionerId, candidate }: Found): Position {
  const [left, right] = candidate.records;
  return { from: practitionerId, left: left.recordKey, right: right.recordKey };
}

/** Whether a pair was not on the page before. */
function isBehind({ practitionerId, candidate }: Found, start: Position): boolean {
  if (!("left" in start) || practitionerId !== start.from) return true;
  const [left, right] = candidate.records;
  return left.recordKey !== start.left ? left.recordKey > start.left : right.recordKey > start.right;
}

async function candidatesOf(sql: Sql, people: readonly string[], query: CandidatesQuery): Promise<Found[]> {
  const { platform, days = LIMITS.candidateDaysDefault, scoreMin = LIMITS.candidateScoreDefault } = query;
  const [rows, erased] = await Promise.all([readCandidateRecords(sql, people), readErased(sql, people)]);
  const onPlatform = platform === undefined ? rows : rows.filter((row) => row.platform === platform);
  const byPerson = Map.groupBy(onPlatform, ({ practitionerId }) => practitionerId);
  const found = people.flatMap((practitionerId) =>
    erased.has(practitionerId)
      ? []
      : findCandidates(byPerson.get(practitionerId) ?? [], { daysMax: days, scoreMin }).map((candidate) => {
          return { practitionerId, candidate };
        }),
  );
  const keys = found.flatMap(({ candidate }) => candidate.records.map(({ recordKey }) => recordKey));
  const decided = duplicatesByRecord(duplicatesInForce(await readDuplicateDecisions(sql, [...new Set(keys)])));
  const isOpen = ({ records: [left, right] }: Candidate<CandidateRow>) =>
    decided.get(left.recordKey)?.some(({ recordKeys }) => recordKeys.includes(right.recordKey)) !== true;
  return found.filter(({ candidate }) => isOpen(candidate));
}

function presentCandidate(
  { records, ...score }: Candidate<CandidateRow>,
  language: Language,
): DuplicateCandidatesResponse["candidates"][number] {
  const [{ platform, hoursHundredths }] = records;
  return {
    ...{ platform, hours: hoursToNumber(hoursHundredths ?? 0), ...score },
    message: MESSAGES[language](score),
    records: records.map(({ recordKey, source, recordId, title, subject, obtainedOn, attributedYear }) => ({
      ...{ recordKey, source, recordId, title: title ?? "", subject },
      ...{ obtainedOn: obtainedOn ?? "", year: attributedYear },
    })),
  };
}

type Score = Omit<Candidate<CandidateRow>, "records">;

const MESSAGES: Readonly<Record<Language, (score: Score) => string>> = {
  "zh-CN": ({ titleSimilarity, daysApart, numbersDiffer, subjectsDiffer }) =>
    `学时相同，来源不同；标题相似度 ${titleSimilarity}，日期相差 ${daysApart} 天` +
    `${numbersDiffer ? "，标题中的数字不同" : ""}${subjectsDiffer ? "，科目不同" : ""}。`,
  en: ({ titleSimilarity, daysApart, numbersDiffer, subjectsDiffer }) =>
    `Equal hours from two sources; the titles are ${titleSimilarity} of 100 alike, the dates ${daysApart} days apart` +
    `${numbersDiffer ? ", the digits in the titles differ" : ""}${subjectsDiffer ? ", the subjects differ" : ""}.`,
};

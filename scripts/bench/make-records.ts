import { checkDigit } from "../../tests/oracle/values.ts";

const RECORDS_PER_PERSON = 20;
const BIRTHDAY_FIRST_MS = Date.UTC(1930, 0, 1);
/** Ends before the birthdays of the generated feed begin, so that pushed people are new. */
const BIRTHDAYS = 10_000;
const DAY_MS = 86_400_000;
const SUBJECTS = ["professional", "professional", "professional", "industry_common", "general_common"] as const;

/** Records as a training platform pushes them; the same numbers make the same records. `firstPerson` must be new. */
export function makeRecords(firstPerson: number, count: number): unknown[] {
  return Array.from({ length: count }, (_, index) =>
    makeRecord(firstPerson + Math.floor(index / RECORDS_PER_PERSON), index),
  );
}

/** How many people so many records belong to. */
export function peopleOf(count: number): number {
  return Math.ceil(count / RECORDS_PER_PERSON);
}

/** The resident id of a fictional person; 330899 is no county. Ten million people at most. */
export function idNumberOf(person: number): string {
  const birthday = new Date(BIRTHDAY_FIRST_MS + (person % BIRTHDAYS) * DAY_MS).toISOString().slice(0, 10);
  const sequence = String(Math.floor(person / BIRTHDAYS)).padStart(3, "0");
  const first17 = `330899${birthday.replaceAll("-", "")}${sequence}`;
  return first17 + checkDigit(first17);
}

function makeRecord(person: number, index: number): unknown {
  const nth = index % RECORDS_PER_PERSON;
  return {
    recordId: `P${person}-${nth}`,
    practitioner: { idType: "resident-id", idNumber: idNumberOf(person), name: "王小明" },
    title: `生态文明建设（${person}-${nth}）`,
    provider: "衢州学院继续教育学院",
    hours: 1 + (nth % 8),
    subject: SUBJECTS[nth % SUBJECTS.length],
    obtainedOn: `2020-${String(1 + (nth % 12)).padStart(2, "0")}-15`,
    status: "final",
  };
}

import { type Category, type Row, readRows, refusalOf } from "../../oracle/index.ts";
import { type Arrival, feedsOf } from "../arrivals.ts";
import type { ModelRow } from "../decision-model.ts";
import { PEOPLE } from "../dense-rows.ts";
import { withdrawn } from "../run-schedule.ts";

/** A row of the model with all that it says. Its `recordId` names the source too. */
export interface LedgerRow extends ModelRow {
  readonly said: Row;
  /** As it was sent; null: nobody sent it. */
  readonly arrival: Arrival | null;
  /** Whether the source took the record back by name, instead of sending a row. */
  readonly isRequest: boolean;
}

/** What came in: a row as it was sent, also one that stands for a withdrawal, or a row that nobody sent. */
export type Intake =
  | {
      readonly kind: "arrival";
      readonly arrival: Arrival /** The content that it takes back. */;
      readonly takesBack?: string;
    }
  | { readonly kind: "made"; readonly row: LedgerRow };

const CENT = 100;

/** The rows of an intake; none where it is no record, or of nobody's id. */
export function rowsOf(intake: readonly Intake[], listed: ReadonlyMap<number, number>): LedgerRow[] {
  const categories = [...listed].map(([CategoryId, ClassTypeId]): Category => ({ CategoryId, ClassTypeId }));
  return intake.flatMap((one): LedgerRow[] => {
    if (one.kind === "made") return [one.row];
    return readRows(feedsOf([one.arrival], categories)).flatMap((said) => rowOf(said, one) ?? []);
  });
}

function rowOf(said: Row, { arrival, takesBack }: Extract<Intake, { kind: "arrival" }>): LedgerRow | null {
  const refusal = refusalOf(said);
  const person = PEOPLE.findIndex(({ idNumber }) => idNumber === said.personId);
  if (refusal === "id_invalid" || person < 0) return null;
  const isRequest = takesBack !== undefined;
  return {
    recordId: recordOf(said),
    person,
    name: said.name,
    hours: refusal === null ? (said.hoursHundredths ?? 0) / CENT : null,
    time: said.updateMs,
    content: isRequest ? requestOf(takesBack) : said.digest,
    claimsName: !isRequest,
    ...{ said, arrival, isRequest },
  };
}

function requestOf(content: string | undefined): string {
  return `request ${content}`;
}

/** A record by its source and its id there. */
export function recordOf({ platform, recordId }: Pick<Row, "platform" | "recordId">): string {
  return `${platform}/${recordId}`;
}

/** What an operator put in a row's place: the same with other hours, and content of its own. */
export function correctedRow(row: LedgerRow, hours: number, content: string): LedgerRow {
  const said: Row = { ...row.said, hoursHundredths: Math.round(hours * CENT), digest: content, content };
  return { ...row, hours, content, said, arrival: null };
}

/** What takes a row back at a later time, by its source's request. */
export function withdrawal(row: LedgerRow, time: number): Intake {
  if (row.arrival !== null) {
    return { kind: "arrival", arrival: withdrawn(row.arrival, time), takesBack: row.content ?? "" };
  }
  const content = requestOf(row.content);
  const said: Row = { ...row.said, status: "withdrawn", updateMs: time, digest: content };
  return { kind: "made", row: { ...row, time, content, said, claimsName: false, isRequest: true } };
}

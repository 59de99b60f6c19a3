import { copyEntries, copyHeads, type PersonRange, type Transaction } from "@xueshi/database";
import { type Entry, type HashSuite, type Head, type LedgerFinding, verifyChain, verifyHead } from "@xueshi/domain";
import { groupByPerson } from "./group-by-person.ts";

/** What is stored about one person. */
interface PersonRows {
  entries: readonly Entry[];
  head: Head | null;
}

export interface PeopleResult {
  readonly people: number;
  readonly entries: number;
  readonly findings: readonly LedgerFinding[];
}

/** Verifies everything that is stored about the people of a range. */
export async function verifyPeople(tx: Transaction, range: PersonRange, suite: HashSuite): Promise<PeopleResult> {
  const people = new Map<string, PersonRows>();
  for await (const heads of copyHeads(tx, range)) {
    for (const head of heads) people.set(head.practitionerId, { entries: [], head });
  }
  let entries = 0;
  for await (const chain of groupByPerson(copyEntries(tx, range))) {
    const [{ practitionerId = "" } = {}] = chain;
    const rows = people.get(practitionerId);
    if (rows === undefined) people.set(practitionerId, { entries: chain, head: null });
    else rows.entries = chain;
    entries += chain.length;
  }
  const findings: LedgerFinding[] = [];
  for (const [practitionerId, rows] of people) {
    const fold = verifyChain(practitionerId, rows.entries, suite);
    findings.push(...fold.findings, ...verifyHead(fold, rows.head));
  }
  return { people: people.size, entries, findings };
}

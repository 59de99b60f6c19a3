import {
  copyBalances,
  copyHeads,
  copyRecordStates,
  type PersonScope,
  readLinkedChains,
  type Sha256OfBytes,
  type Sql,
} from "@xueshi/database";
import {
  type Balance,
  type Head,
  type LedgerFinding,
  type LinkedEntry,
  type RecordStateRow,
  type VerifyContext,
  verifyBalances,
  verifyChain,
  verifyHead,
  verifyRecordStates,
} from "@xueshi/domain";
import type { PeopleDerivation } from "./derive-people.ts";
import type { EntryMemory } from "./entry-memory.ts";
import type { PersonPart } from "./parts.ts";
import type { PeopleTask } from "./tasks.ts";

/** What is stored about one person and follows from their entries. */
interface PersonRows {
  head: Head | null;
  readonly balances: Balance[];
  readonly states: RecordStateRow[];
}

export interface PeopleContext extends VerifyContext {
  /** What is looked at; chains always are, for all else is compared with them. */
  readonly parts: ReadonlySet<PersonPart>;
  /** Derives the records of these people anew; null: they are not. */
  readonly derived: PeopleDerivation | null;
  /** Null: entries are not remembered. */
  readonly memory: EntryMemory | null;
  readonly sha256: Sha256OfBytes;
}

export interface PeopleResult {
  readonly people: number;
  readonly entries: number;
  /** People who were erased. */
  readonly erased: number;
  readonly findings: LedgerFinding[];
}

/** Verifies what is stored about some people against their entries. */
export async function verifyPeople(
  sql: Sql,
  task: Omit<PeopleTask, "kind">,
  context: PeopleContext,
): Promise<PeopleResult> {
  const { scope, firstEntry } = task;
  const people = await readPeople(sql, scope, context.parts);
  const [hasBalances, hasStates] = [context.parts.has("balances"), context.parts.has("states")];
  // Of everything else an entry's other fields are asked for.
  const isCounted = !hasStates && context.memory === null && context.derived === null;
  const findings: LedgerFinding[] = [];
  let [entries, count, erased] = [0, 0, 0];
  const verify = (practitionerId: string, chain: readonly LinkedEntry[], rows: PersonRows) => {
    const fold = verifyChain(practitionerId, chain);
    const before = findings.length;
    findings.push(
      ...fold.findings,
      ...verifyHead(fold, rows.head),
      ...(hasBalances ? verifyBalances(chain, rows.balances) : NONE),
      ...(hasStates ? verifyRecordStates(fold.standing, rows.states, context) : NONE),
    );
    context.derived?.add(fold, chain, rows.states, findings.length === before);
    if (fold.tombstone !== null) erased += 1;
    people.delete(practitionerId);
    count += 1;
    context.memory?.putAll(firstEntry + entries, chain);
    entries += chain.length;
  };
  for (const chain of await readLinkedChains(sql, scope, context.sha256, { isCounted })) {
    const [{ practitionerId = "" } = {}] = chain;
    verify(practitionerId, chain, people.get(practitionerId) ?? NOTHING);
  }
  for (const [practitionerId, rows] of [...people]) verify(practitionerId, [], rows);
  if (context.derived !== null) findings.push(...(await context.derived.end()));
  return { people: count, entries, erased, findings };
}

const NONE: readonly LedgerFinding[] = [];
const NOTHING: PersonRows = { head: null, balances: [], states: [] };

async function readPeople(
  sql: Sql,
  scope: PersonScope,
  parts: ReadonlySet<PersonPart>,
): Promise<Map<string, PersonRows>> {
  const people = new Map<string, PersonRows>();
  const rowsOf = (practitionerId: string): PersonRows => {
    const known = people.get(practitionerId);
    if (known !== undefined) return known;
    const rows = { head: null, balances: [], states: [] };
    people.set(practitionerId, rows);
    return rows;
  };
  for await (const heads of copyHeads(sql, scope)) for (const head of heads) rowsOf(head.practitionerId).head = head;
  if (parts.has("balances")) {
    for await (const balances of copyBalances(sql, scope)) {
      for (const balance of balances) rowsOf(balance.practitionerId).balances.push(balance);
    }
  }
  if (parts.has("states")) {
    for await (const states of copyRecordStates(sql, scope)) {
      for (const state of states) rowsOf(state.practitionerId).states.push(state);
    }
  }
  return people;
}

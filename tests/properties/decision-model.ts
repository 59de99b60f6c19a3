/** A row of the small world that decisions are made in; every content has hours of its own, so no two ever tie. */
export interface ModelRow {
  readonly recordId: string;
  /** Which person its id is of. */
  readonly person: number;
  readonly name: string;
  /** Null: hours that nobody can read, so the row is refused. */
  readonly hours: number | null;
  readonly time: number;
  /** What tells its content from others, where person, name and hours do not. */
  readonly content?: string;
  /** Whether its person may be known by its name. Default true. */
  readonly claimsName?: boolean;
}

export interface ModelDecision<R extends ModelRow = ModelRow> {
  readonly id: string;
  readonly kind: "accept" | "correct" | "refuse";
  readonly row: R;
  /** Whether it says which content stands at the row's time: the row's own, or the corrected one. */
  readonly stands: boolean;
  /** The name that it accepted for the row's person. */
  readonly alias: string | null;
  /** What was put in the row's place. */
  readonly corrected: R | null;
}

/** What came and what was decided; the standing of all follows from it, whatever the order. */
export interface ModelState<R extends ModelRow = ModelRow> {
  readonly rows: readonly R[];
  /** In force, oldest first. */
  readonly decisions: readonly ModelDecision<R>[];
  /** Whose id was wrong → whose the records are. */
  readonly merges: ReadonlyMap<number, number>;
  /** Names that only a correction ever said. */
  readonly claims: ReadonlyMap<number, string>;
  /** Hours from which on a row is held until somebody accepts it. Default `IMPLAUSIBLE_HOURS`. */
  readonly implausibleHours?: number;
}

/** Hours from which on a day cannot hold them, which the source's rule holds. */
export const IMPLAUSIBLE_HOURS = 90;

export type ModelStatus = "refused_by_operator" | "left_out" | "identity_conflict" | "implausible" | "admitted";

const SOURCE_ORDER = (left: ModelRow, right: ModelRow) =>
  left.time - right.time || compare(left.recordId, right.recordId) || compare(left.name, right.name);

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The name by which a person is known: that of the first row that says one, else what an operator said. */
export function knownName(state: ModelState, person: number): string | undefined {
  const [first] = state.rows
    .filter((row) => row.person === person && row.hours !== null && row.claimsName !== false)
    .sort(SOURCE_ORDER);
  return first?.name ?? state.claims.get(person);
}

export function sameContent(left: ModelRow, right: ModelRow): boolean {
  const { recordId, person, name, hours, content } = left;
  const isSamePerson = person === right.person && name === right.name;
  return recordId === right.recordId && isSamePerson && hours === right.hours && content === right.content;
}

export function sameRow(left: ModelRow, right: ModelRow): boolean {
  return sameContent(left, right) && left.time === right.time;
}

/** Everything of a record that can stand: what came, and what corrections put in its place. */
export function versionsOf<R extends ModelRow>(state: ModelState<R>, recordId: string): R[] {
  const came = state.rows.filter((row) => row.recordId === recordId && row.hours !== null);
  const made = state.decisions.flatMap(({ corrected }) => (corrected?.recordId === recordId ? [corrected] : []));
  return [...came, ...made];
}

export function statusOf(state: ModelState, version: ModelRow): ModelStatus {
  const { decisions } = state;
  const ofContent = decisions.findLast((one) => one.kind !== "correct" && sameContent(one.row, version));
  if (ofContent?.kind === "refuse") return "refused_by_operator";
  const standing = decisions.findLast(
    (one) => one.stands && one.row.recordId === version.recordId && one.row.time === version.time,
  );
  if (standing !== undefined && !sameContent(standing.corrected ?? standing.row, version)) return "left_out";
  const names = decisions.flatMap(({ alias, row }) => (alias !== null && row.person === version.person ? [alias] : []));
  if (![knownName(state, version.person), ...names].includes(version.name)) return "identity_conflict";
  const isMade = decisions.some(({ corrected }) => corrected !== null && sameRow(corrected, version));
  const isAccepted = isMade || ofContent?.kind === "accept";
  const { implausibleHours = IMPLAUSIBLE_HOURS } = state;
  return (version.hours ?? 0) >= implausibleHours && !isAccepted ? "implausible" : "admitted";
}

/** How everything stands, one line for each standing: record, owner, state, code and hours. */
export function standingsOf(state: ModelState): string[] {
  const lines = new Set<string>();
  const ownerOf = (person: number) => state.merges.get(person) ?? person;
  for (const recordId of new Set(state.rows.map((row) => row.recordId))) {
    const versions = versionsOf(state, recordId);
    const admitted = versions.filter((version) => statusOf(state, version) === "admitted");
    const [current] = admitted.sort((left, right) => right.time - left.time || (left.hours ?? 0) - (right.hours ?? 0));
    if (current !== undefined) lines.add(line(recordId, ownerOf(current.person), "registered", null, current.hours));
    for (const version of versions) {
      const status = statusOf(state, version);
      const [owner, { hours }] = [ownerOf(version.person), version];
      if (status === "refused_by_operator") lines.add(line(recordId, owner, "refused", status, null) + hours);
      else if (status !== "admitted" && status !== "left_out") lines.add(line(recordId, owner, "held", status, hours));
    }
  }
  for (const row of state.rows) {
    const isCorrected = state.decisions.some((one) => one.kind === "correct" && sameRow(one.row, row));
    if (row.hours !== null || isCorrected) continue;
    lines.add(line(row.recordId, ownerOf(row.person), "refused", "hours_invalid", null) + row.name);
  }
  // What tells refused contents apart is nothing that the ledger keeps: they are counted.
  return [...lines].map((text) => text.split("#")[0] ?? "").sort();
}

export function line(
  recordId: string,
  owner: number,
  state: string,
  code: string | null,
  hours: number | null,
): string {
  return `${recordId} of ${owner} ${state} ${code ?? "-"} ${hours ?? "-"}#`;
}

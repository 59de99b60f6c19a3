import type { Sql } from "@xueshi/database";

/** A table that is changed, and the columns of which a change means nothing, each with its reason. */
export interface MutatedTable {
  readonly table: string;
  readonly statistics: Readonly<Record<string, string>>;
  /** Rows of which a change means something. Default: all. */
  readonly where?: string;
  /** Columns of which only some rows say something, and those rows. */
  readonly only?: Readonly<Record<string, string>>;
  /** Other values of a column, where its type does not tell them. */
  readonly values?: Readonly<Record<string, string>>;
  /** Found only where rules are read anew, and kept verdicts are decided again. Default false. */
  readonly isOfVerdicts?: boolean;
  /** Changes of whole rows that are found: rows taken out, and made up. Default both. */
  readonly rows?: readonly ("delete" | "insert")[];
}

const INFORMS = "only informs: nothing counts by it, and the digest over the row as it came holds names";
const SAID = "who decided and why, in words: what follows from the decision is the same";

/** A decision that accepted a name with the row; of others the content tells which row they are about. */
const ACCEPTS_A_NAME =
  "EXISTS (SELECT FROM admission.name_alias WHERE name_alias.decision_id = row_decision.decision_id)";

export const TABLES: readonly MutatedTable[] = [
  { table: "ledger.entry", statistics: {} },
  { table: "ledger.head", statistics: {} },
  // One without entries says no more than that its batch changed nothing.
  { table: "ledger.posting", statistics: {}, where: "entry_count > 0" },
  { table: "ledger.feed", statistics: { numbered_at: "when the sequencer looked: positions alone are the order" } },
  { table: "ledger.feed_head", statistics: {} },
  { table: "ledger.outbox", statistics: {} },
  { table: "ledger.tree_tile", statistics: {} },
  {
    table: "ledger.checkpoint",
    statistics: { signed_at: "by which clock it was signed: it is not part of what is signed" },
    // That one is gone, only who kept it elsewhere can show.
    rows: ["insert"],
  },
  { table: "projection.balance", statistics: {}, where: "hours_hundredths <> 0" },
  { table: "projection.record_state", statistics: {} },
  {
    table: "classification.decision",
    statistics: {
      decided_at: "which of two is newer, and no more",
      decision_id: "names it",
      reason: SAID,
      document: SAID,
      actor: SAID,
    },
    rows: ["delete"],
    only: { counts_besides: "topic <> 'subject'", subject: "topic <> 'duplicate'" },
    values: { topic: "CASE topic WHEN 'subject' THEN 'duplicate' ELSE 'subject' END" },
  },
  {
    table: "ledger.duplicate_decision",
    statistics: { decided_at: "which of two is newer, and no more" },
    // That of an undo only names it.
    only: { decision_id: "undoes IS NULL" },
  },
  {
    table: "admission.person_merge",
    statistics: {
      decided_at: "which of two is newer, and no more",
      decision_id: "names it",
      reason: SAID,
      document: SAID,
      actor: SAID,
    },
    rows: ["delete"],
  },
  {
    table: "admission.row_decision",
    statistics: {
      decided_at: "which of two is newer, and no more",
      decision_id: "names it",
      reason: SAID,
      document: SAID,
      actor: SAID,
    },
    // Only an undo takes something back, and only a correction puts something in a place.
    only: { undoes: "kind = 'undo'", corrected_digest: "kind = 'correct'", update_time: ACCEPTS_A_NAME },
    values: { update_time: "update_time + interval '1 millisecond'" },
    rows: ["delete"],
  },
  { table: "admission.name_alias", statistics: {} },
  { table: "ledger.platform_mark", statistics: {} },
  // That one is gone, only the id in the hands of its holder shows.
  { table: "verdict.kept_verdict", statistics: {}, rows: ["insert"], isOfVerdicts: true },
  {
    table: "requirement.activation",
    statistics: { activated_at: "kept verdicts name it, and are decided again by it", activated_by: SAID },
    // One that is gone is missed by the verdicts that name it.
    rows: [],
    isOfVerdicts: true,
  },
  {
    table: "admission.version",
    // Of versions that stand; others left their trace in postings that were reversed.
    where: STANDING("version"),
    statistics: {
      ...{ provider: INFORMS, studied_from: INFORMS, studied_until: INFORMS, year_basis: INFORMS, note: INFORMS },
      ...{
        occurrences: "how often the row came",
        batch_id: "which batch brought it first",
        batch_index: "and where in it",
      },
      source: "the key of the record is a digest over it, by which it is read",
      update_time: "only which version is newer, and by the same content it is the same record",
      record_id: "as the source",
      name_variant_digest: "only of names in another spelling, where it is compared with the known one",
      name_digest: "only whether it is the known name",
      subject_basis: "only whether the subject is said by its name",
    },
    rows: ["delete"],
  },
  {
    table: "admission.refusal",
    where: REFUSED("refusal"),
    statistics: {
      ...{
        occurrences: "how often the row came",
        batch_id: "which batch brought it first",
        batch_index: "and where in it",
      },
      source: "the key of the record is a digest over it, by which it is read",
      record_id: "as the source",
      update_time: "only whether a later version settled it",
    },
    rows: ["delete"],
  },
];

/** Refused rows that stand in somebody's chain. */
function REFUSED(alias: string): string {
  return `practitioner_id IS NOT NULL AND EXISTS (SELECT FROM projection.record_state
    WHERE record_state.record_key = ${alias}.record_key AND record_state.practitioner_id = ${alias}.practitioner_id
      AND slot = 'refused-' || left(encode(${alias}.content_digest, 'hex'), 32))
    AND (SELECT count(*) FROM admission.refusal AS one WHERE one.record_key = ${alias}.record_key) = 1`;
}

/** Versions by which a record stands in its main place, and there is no other one of it. */
function STANDING(alias: string): string {
  return `EXISTS (SELECT FROM ledger.entry JOIN projection.record_state USING (practitioner_id, sequence)
    WHERE entry.record_key = ${alias}.record_key AND entry.source_digest = ${alias}.content_digest
      AND entry.slot = '' AND entry.state = 'registered')
    AND (SELECT count(*) FROM admission.version AS one WHERE one.record_key = ${alias}.record_key) = 1`;
}

export interface ColumnOfTable {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
}

export async function readColumns(owner: Sql, table: string): Promise<ColumnOfTable[]> {
  return owner<ColumnOfTable[]>`
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS "isNullable" FROM pg_attribute
    WHERE attrelid = ${table}::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;
}

export interface Mutation {
  readonly what: string;
  /** Statements that undo it. */
  readonly undo: string;
}

/** Another value of a type, of which nothing but the type is known. */
const OTHER: Readonly<Record<string, (column: string) => string>> = {
  uuid: () => "'99999999-9999-8999-8999-999999999999'::uuid",
  bigint: (column) => `coalesce(${column}, 0) + 1000`,
  integer: (column) => `coalesce(${column}, 0) + 1`,
  smallint: (column) => `coalesce(${column}, 2000) + 1`,
  text: (column) => `coalesce(${column}, '') || 'x'`,
  boolean: (column) => `NOT ${column}`,
  date: (column) => `coalesce(${column}, '2020-01-01') + 1`,
  "timestamp with time zone": (column) => `coalesce(${column}, '2020-01-01') + interval '1 microsecond'`,
  bytea: (column) =>
    `set_byte(coalesce(${column}, '\\x${"00".repeat(32)}'), 0, 255 - get_byte(coalesce(${column}, '\\x${"00".repeat(32)}'), 0))`,
  "uuid[]": (column) => `'{99999999-9999-8999-8999-999999999999}'::uuid[] || ${column}[2:]`,
  "bigint[]": (column) => `ARRAY[${column}[1] + 1] || ${column}[2:]`,
  "integer[]": (column) => `ARRAY[${column}[1] + 1] || ${column}[2:]`,
};

const ROWS_EACH = 2;

/** Makes each change, one after the other; whoever looks at it undoes it before the next. Refused ones are passed over. */
export async function* mutationsOf(
  owner: Sql,
  { table, statistics, where = "true", rows = ["delete", "insert"], only = {}, values = {} }: MutatedTable,
  columns: readonly ColumnOfTable[],
): AsyncGenerator<Mutation> {
  await owner.unsafe("SET session_replication_role = replica");
  const alias = table.split(".")[1] ?? "";
  const meant = columns.filter(({ name }) => !(name in statistics));
  const picked = await owner.unsafe<{ text: string; at: string }[]>(
    `SELECT ${alias}::text AS text, ctid::text AS at FROM ${table} AS ${alias} WHERE ${where} ORDER BY md5(${alias}::text) LIMIT ${ROWS_EACH}`,
  );
  const rowOf = (text: string) => `(${literal(text)}::${table})`;
  const insert = (text: string) => `INSERT INTO ${table} SELECT ${rowOf(text)}.*`;
  for (const { text } of picked) {
    const same = `${alias}::text = ${literal(text)}`;
    for (const column of meant) {
      const special = values[column.name];
      for (const value of special === undefined ? valuesOf(column) : [special]) {
        const changed = `UPDATE ${table} AS ${alias} SET "${column.name}" = ${value} WHERE ${same}
          AND (${only[column.name] ?? "true"}) AND "${column.name}" IS DISTINCT FROM ${value} RETURNING ${alias}::text AS text`;
        const [after] = await owner.unsafe<{ text: string }[]>(changed).catch(() => []);
        if (after === undefined) continue;
        const undo = `DELETE FROM ${table} AS ${alias} WHERE ${alias}::text = ${literal(after.text)}; ${insert(text)}`;
        yield { what: `${table} ${column.name} = ${value} of ${text.slice(0, 120)}`, undo };
      }
    }
    if (rows.includes("delete")) {
      await owner.unsafe(`DELETE FROM ${table} AS ${alias} WHERE ${same}`);
      yield { what: `${table} without ${text.slice(0, 120)}`, undo: insert(text) };
    }
  }
  if (rows.includes("insert")) yield* insertions(owner, table, columns, picked[0]?.text ?? "");
}

/** A row like another, under another key. */
async function* insertions(
  owner: Sql,
  table: string,
  columns: readonly ColumnOfTable[],
  text: string,
): AsyncGenerator<Mutation> {
  const alias = table.split(".")[1] ?? "";
  for (const column of columns) {
    const [value] = valuesOf(column);
    const values = columns.map(({ name }) => (name === column.name ? value : `"${name}"`)).join(", ");
    const copied = `INSERT INTO ${table} SELECT ${values} FROM ${table} AS ${alias} WHERE ${alias}::text = ${literal(text)}
      RETURNING ${alias}::text AS text`;
    const [row] = await owner
      .unsafe<{ text: string }[]>(copied.replace(`INTO ${table}`, `INTO ${table} AS ${alias}`))
      .catch(() => []);
    if (row === undefined) continue;
    yield {
      what: `${table} with a row more, like ${text.slice(0, 80)} but for ${column.name}`,
      undo: `DELETE FROM ${table} AS ${alias} WHERE ${alias}::text = ${literal(row.text)}`,
    };
    return;
  }
}

function valuesOf({ name, type, isNullable }: ColumnOfTable): string[] {
  const other = OTHER[type];
  if (other === undefined) throw new Error(`nobody knows another value of ${type}`);
  const first = other(`"${name}"`);
  return isNullable ? [first, `NULL::${type}`] : [first];
}

function literal(text: string): string {
  return `$row$${text}$row$`;
}

export async function restore(owner: Sql, { undo }: Mutation): Promise<void> {
  await owner.unsafe(undo);
}

import type { SqlConnection } from "@xueshi/platforms";
import type { StagedParameter } from "./staging-database.ts";

/** The names under which the statements give what the pull itself needs of a row. */
export const ROW_ID = "xueshi_row_id";
export const ROW_TIME = "xueshi_row_time";

export interface Statement {
  readonly text: string;
  readonly parameters: readonly StagedParameter[];
}

/** How the two dialects say the same. Identifiers are checked by the connection's schema, and quoted all the same. */
interface Dialect {
  readonly quote: (name: string) => string;
  readonly parameter: (position: number) => string;
  readonly text: (column: string) => string;
  /** What of an id can be looked up in a list, and then equals nothing but itself. */
  readonly exact: (column: string) => string;
  readonly date: (column: string) => string;
  readonly now: string;
}

const POSTGRESQL: Dialect = {
  quote: (name) => `"${name}"`,
  parameter: (position) => `$${position}`,
  text: (column) => `${column}::text`,
  exact: (column) => column,
  date: (column) => `${column}::date::text`,
  now: "now()",
};

const MYSQL: Dialect = {
  quote: (name) => `\`${name}\``,
  parameter: () => "?",
  text: (column) => `CAST(${column} AS CHAR)`,
  exact: (column) => `CAST(CAST(${column} AS CHAR) AS BINARY)`,
  date: (column) => `CAST(CAST(${column} AS DATE) AS CHAR)`,
  now: "CURRENT_TIMESTAMP(3)",
};

/** A condition, and its parameters in the order in which it names them. */
interface Condition {
  readonly text: (firstPosition: number) => string;
  readonly parameters: readonly StagedParameter[];
}

/** The statements by which one staging table is read and marked. Values are always bound, never part of the text. */
export class StagingStatements {
  readonly #dialect: Dialect;
  readonly #table: string;
  readonly #columns: string;
  readonly #rowsPerPage: number;

  constructor(connection: SqlConnection) {
    const { schema, table, read, rowsPerPage, textCharactersMax } = connection;
    const dialect = connection.dialect === "postgresql" ? POSTGRESQL : MYSQL;
    const { quote } = dialect;
    this.#dialect = dialect;
    this.#table = schema === null ? quote(table) : `${quote(schema)}.${quote(table)}`;
    this.#rowsPerPage = rowsPerPage;
    const columns = connection.columns.map((name) => {
      const isDate = connection.dateColumns.includes(name);
      const value = isDate ? dialect.date(quote(name)) : `LEFT(${dialect.text(quote(name))}, ${textCharactersMax + 1})`;
      return `${value} AS ${quote(name)}`;
    });
    columns.push(`${dialect.text(quote(read.idColumn))} AS ${quote(ROW_ID)}`);
    if (read.kind === "by-update-time") {
      columns.push(`${dialect.text(quote(read.updateTimeColumn))} AS ${quote(ROW_TIME)}`);
    }
    this.#columns = columns.join(", ");
  }

  /** A page of the rows that meet a condition, in order of the columns. */
  page(where: Condition, orderBy: readonly string[]): Statement {
    // Without the table's name, an order is that of the texts that are selected under the same name.
    const order = orderBy.map((column) => `staged.${this.#dialect.quote(column)}`).join(", ");
    const text = `SELECT ${this.#columns} FROM ${this.#table} AS staged WHERE ${where.text(1)} ORDER BY ${order} LIMIT ${this.#rowsPerPage}`;
    return { text, parameters: where.parameters };
  }

  /** How many rows meet a condition, and what time it is there: the columns `count` and `clock`. */
  count(where: Condition): Statement {
    const { quote, text, now } = this.#dialect;
    const columns = `${text("count(*)")} AS ${quote("count")}, ${text(now)} AS ${quote("clock")}`;
    return { text: `SELECT ${columns} FROM ${this.#table} WHERE ${where.text(1)}`, parameters: where.parameters };
  }

  /** The rows that meet a condition, locked until the transaction ends. */
  lock(where: Condition): Statement {
    const text = `SELECT ${this.#columns} FROM ${this.#table} WHERE ${where.text(1)} FOR UPDATE`;
    return { text, parameters: where.parameters };
  }

  /** Writes a value, and the time into `timeColumn` where there is one, into the rows that meet a condition. */
  mark(column: string, value: StagedParameter, timeColumn: string | null, where: Condition): Statement {
    const { quote, parameter, now } = this.#dialect;
    const time = timeColumn === null ? "" : `, ${quote(timeColumn)} = ${now}`;
    const text = `UPDATE ${this.#table} SET ${quote(column)} = ${parameter(1)}${time} WHERE ${where.text(2)}`;
    return { text, parameters: [value, ...where.parameters] };
  }

  isNull(column: string): Condition {
    return { text: () => `${this.#dialect.quote(column)} IS NULL`, parameters: [] };
  }

  isNotNull(column: string): Condition {
    return { text: () => `${this.#dialect.quote(column)} IS NOT NULL`, parameters: [] };
  }

  /** Also for null, which equals nothing in SQL. */
  equals(column: string, value: string | null): Condition {
    return value === null ? this.isNull(column) : this.#compares(column, "=", value);
  }

  notBefore(column: string, value: string): Condition {
    return this.#compares(column, ">=", value);
  }

  behind(column: string, value: string): Condition {
    return this.#compares(column, ">", value);
  }

  /** Later than a time, or of that time and behind an id. Written so that an index on both is a range. */
  behindBoth(timeColumn: string, time: string, idColumn: string, id: string): Condition {
    return this.both(
      this.notBefore(timeColumn, time),
      this.#either(this.behind(timeColumn, time), this.behind(idColumn, id)),
    );
  }

  /**
   * Among these ids, which are in the table's order: a range of an index, then each id exactly. MariaDB compares large
   * decimals with a list as fractions, and texts without case; either would touch other rows, so it compares the bytes.
   */
  isAmong(column: string, ids: readonly string[]): Condition {
    const { quote, exact, parameter } = this.#dialect;
    const list = (first: number) => ids.map((_, index) => parameter(first + index)).join(", ");
    const text = (position: number) => `${exact(quote(column))} IN (${list(position)})`;
    const first = this.notBefore(column, ids[0] ?? "");
    const last = this.#compares(column, "<=", ids.at(-1) ?? "");
    return this.both(this.both(first, last), { text, parameters: ids });
  }

  both(left: Condition, right: Condition): Condition {
    return joined(left, "AND", right);
  }

  #either(left: Condition, right: Condition): Condition {
    return joined(left, "OR", right);
  }

  #compares(column: string, operator: "=" | ">=" | ">" | "<=", value: string): Condition {
    const { quote, parameter } = this.#dialect;
    return { text: (position) => `${quote(column)} ${operator} ${parameter(position)}`, parameters: [value] };
  }
}

function joined(left: Condition, word: "AND" | "OR", right: Condition): Condition {
  return {
    text: (position) => `(${left.text(position)} ${word} ${right.text(position + left.parameters.length)})`,
    parameters: [...left.parameters, ...right.parameters],
  };
}

import type { Sql, Transaction } from "../connection/connect.ts";

/** How a statement finds its rows, in a form that reads the same on every version of the server. */
export interface PlanShape {
  /** `index(columns that are looked up)`, `table: read through` where no index is used; sorted, each once. */
  readonly reads: readonly string[];
  /** What is put in order by sorting, because no index gives it so. */
  readonly sorts: readonly string[];
}

export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
  readonly parameters: number;
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly "Conflict Arbiter Indexes"?: readonly string[];
  readonly "Sort Key"?: readonly string[];
  readonly Plans?: readonly PlanNode[];
}

/** The statements that the driver has prepared on the one connection of a pool, as it sent them; its own left out. */
export async function preparedStatements(sql: Sql | Transaction): Promise<PreparedStatement[]> {
  return sql.unsafe<PreparedStatement[]>(
    `SELECT name, statement AS text, cardinality(parameter_types)::int AS parameters FROM pg_prepared_statements
     WHERE statement NOT LIKE '%pg_catalog%' ORDER BY prepare_time, name`,
    [],
    { prepare: false },
  );
}

/**
 * The plan that the session has for a prepared statement. It is the one for any values, so they are left out: the session
 * must make its plans once (`keyedPlans`).
 */
export async function shapeOf(sql: Sql | Transaction, statement: PreparedStatement): Promise<PlanShape> {
  const values = statement.parameters === 0 ? "" : `(${Array(statement.parameters).fill("NULL").join(", ")})`;
  const [row] = await sql.unsafe<{ "QUERY PLAN": readonly { Plan: PlanNode }[] }[]>(
    `EXPLAIN (FORMAT JSON, COSTS off) EXECUTE "${statement.name}"${values}`,
    [],
    { prepare: false },
  );
  const nodes = (row?.["QUERY PLAN"] ?? []).flatMap(({ Plan }) => nodesOf(Plan));
  return {
    reads: [...new Set(nodes.flatMap(readsOf))].sort(),
    sorts: nodes.flatMap((node) => (node["Node Type"].endsWith("Sort") ? [sortKeyOf(node)] : [])),
  };
}

/** Names that are words of SQL stand in quotes, on some versions only. */
const plain = (text: string) => text.replaceAll('"', "");

/** An expression stands in one pair of brackets more than a column, or in two. */
const sortKeyOf = (node: PlanNode) => plain((node["Sort Key"] ?? []).join(", ")).replace(/^\((.*)\)$/, "$1");

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** The key of a condition stands at its left: `(practitioner_id = $1)`, or in a row of several. */
const KEY = /\((\w+) (?:=|<|>|<=|>=) |ROW\(([^)]*)\) [<>]/g;

function readsOf(node: PlanNode): string[] {
  const table = node["Relation Name"];
  if (node["Index Name"] !== undefined) {
    const keys = [...plain(node["Index Cond"] ?? "").matchAll(KEY)].flatMap(([, one, row]) => one ?? row?.split(", "));
    return [`${node["Index Name"]}(${[...new Set(keys)].join(", ")})`];
  }
  if (node["Node Type"] === "ModifyTable")
    return (node["Conflict Arbiter Indexes"] ?? []).map((index) => `${index}(*)`);
  // The index under it is a node of its own.
  if (table === undefined || node["Node Type"] === "Bitmap Heap Scan") return [];
  return [`${table}: read through`];
}

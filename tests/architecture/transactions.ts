import { type AstNode, isNode, parseSource, walk } from "./parse-source.ts";
import { type Finding, lineAt, type Repository, type SourceFile } from "./repository.ts";
import { isTestCode, memberOf, sources } from "./source-graph.ts";

/** Where transactions are begun; the other file begins them on a platform's own database, which it only reads. */
const BEGINNERS = [
  "packages/database/src/connection/run-transaction.ts",
  "services/ingestion-worker/src/acquisition/staging/open-postgresql-staging.ts",
];

/**
 * Tables of which one statement changes many rows in whatever order the plan takes them, and what every caller holds by
 * then, so that nobody else is at these rows: locks that are themselves taken in order.
 */
const GUARDS: Readonly<Record<string, string>> = {
  "admission.identity": "lockIdentities",
  "admission.version": "lockIdentities",
  "ledger.head": "lockHeads",
  "ledger.outbox": "lockFeed",
  "projection.record_state": "lockHeads",
};

/** Transactions begin in one place, which knows what a lost answer to a COMMIT means, and what may be tried again. */
export function checkBeginnings(repository: Repository): Finding[] {
  return sources(repository)
    .filter(
      ({ path }) => /^(packages|services)\//.test(memberOf(path)) && !isTestCode(path) && !BEGINNERS.includes(path),
    )
    .flatMap((file) => {
      const findings: Finding[] = [];
      walk(parseSource(file).program, (node) => {
        if (!isBeginning(node)) return;
        findings.push({
          path: file.path,
          line: lineAt(file.text, node.start),
          message: "begins a transaction by itself",
        });
      });
      return findings;
    });
}

/** Many rows are locked in order of their keys, by every statement that locks them: two that meet then never deadlock. */
export function checkLockOrder(repository: Repository): Finding[] {
  return sources(repository)
    .filter(({ path }) => path.startsWith("packages/database/src/") && !isTestCode(path))
    .flatMap((file) =>
      statementsOf(file).flatMap(({ sql, line }) =>
        complaintsOf(sql).map((message) => ({ path: file.path, line, message })),
      ),
    );
}

function complaintsOf(sql: string): string[] {
  const isOfMany = /\bunnest\(|= ANY\(/.test(sql);
  if (!isOfMany) return [];
  const complaints: string[] = [];
  if (/\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b/.test(sql)) complaints.push("locks many rows in the order of a plan");
  const conflict = sql.indexOf("ON CONFLICT");
  if (/\bINSERT INTO\b/.test(sql) && conflict >= 0 && !/\bORDER BY\b[^()]*$/.test(sql.slice(0, conflict))) {
    complaints.push("rows that may conflict are inserted in no order");
  }
  for (const [, verb, table = ""] of sql.matchAll(/\b(UPDATE|DELETE FROM) ([a-z]+\.[a-z_]+)/g)) {
    if (!(table in GUARDS)) complaints.push(`${verb} of many rows of ${table}, which no lock guards`);
  }
  return complaints;
}

function statementsOf(file: SourceFile): { sql: string; line: number }[] {
  const found: { sql: string; line: number }[] = [];
  walk(parseSource(file).program, (node) => {
    if (node.type !== "TemplateLiteral" || !Array.isArray(node.quasis)) return;
    const sql = node.quasis
      .map((part: unknown) => (isNode(part) ? file.text.slice(part.start, part.end) : ""))
      .join("?");
    found.push({ sql, line: lineAt(file.text, node.start) });
  });
  return found;
}

/** Locks that are said to guard a table and are not there. */
export function checkGuards(repository: Repository): string[] {
  const text = sources(repository)
    .filter(({ path }) => path.startsWith("packages/database/src/"))
    .map((file) => file.text)
    .join("\n");
  return [...new Set(Object.values(GUARDS))].filter((name) => !text.includes(`export async function ${name}(`));
}

/** `sql.begin(…)`, or that of anything else that is called a client of SQL. */
function isBeginning({ type, callee }: AstNode): boolean {
  if (type !== "CallExpression" || !isNode(callee) || !isNode(callee.property)) return false;
  return callee.property.name === "begin" && isNode(callee.object) && /sql$/i.test(lastNameOf(callee.object));
}

function lastNameOf(node: AstNode): string {
  return String(isNode(node.property) ? node.property.name : node.name);
}

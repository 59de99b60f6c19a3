import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import type { Finding, Repository } from "./repository.ts";

/** What a citation must say, beside every mapping that states a number. */
const CITATION = ["citation", "provenance"] as const;
/** Numbers that are no values of the law: which declaration years a file answers for is said by its own citation. */
const UNCITED_KEYS = new Set(["years"]);

/** Every number of a rule file stands beside the document and clause it comes from, and says how sure that is. */
export function checkRuleCitations(repository: Repository): Finding[] {
  return ruleFiles(repository).flatMap(({ path, text }) => {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const findings: Finding[] = [];
    const lineOf = (node: Node) => lines.linePos(node.range?.[0] ?? 0).line;
    eachMap(document.contents, (map) => {
      const numbers = map.items.filter(({ value }) => isScalar(value) && typeof value.value === "number");
      const missing = CITATION.filter((key) => !map.has(key));
      if (numbers.length === 0 || missing.length === 0) return;
      const names = numbers.map(({ key }) => String(key)).join(", ");
      findings.push({ path, line: lineOf(map), message: `${names} without ${missing.join(" and ")}` });
    });
    return findings;
  });
}

/** The numbers that are cited, for showing that there was something to check. */
export function countCitedNumbers(repository: Repository): number {
  let count = 0;
  for (const { text } of ruleFiles(repository)) {
    eachMap(parseDocument(text).contents, ({ items }) => {
      count += items.filter(({ value }) => isScalar(value) && typeof value.value === "number").length;
    });
  }
  return count;
}

function ruleFiles(repository: Repository): Repository {
  return repository.filter(({ path }) => /^packages\/rulebook\/rules\/.+\.yaml$/.test(path));
}

function eachMap(node: unknown, visit: (map: YAMLMap) => void): void {
  if (isSeq(node)) for (const item of node.items) eachMap(item, visit);
  if (!isMap(node)) return;
  visit(node);
  for (const { key, value } of node.items) if (!UNCITED_KEYS.has(String(key))) eachMap(value, visit);
}

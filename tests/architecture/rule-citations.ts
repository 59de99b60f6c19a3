import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import { parseSource, walk } from "./parse-source.ts";
import { type Finding, lineAt, type Repository } from "./repository.ts";
import { isTestCode, sources } from "./source-graph.ts";

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

/** Where a number of the law would be a rule written as code. */
const JUDGING = /^packages\/domain\/src\/(?:classification|projection|requirement|verdict)\//;
/** Small numbers are in any code; a value of the law is told from them by its size. */
const HOURS_MIN = 36;
const HUNDREDTHS_MIN = 1_100;

/** Hours that a rule file states, as they are or in hundredths, found as a literal where rules are only to be applied. */
export function checkRulesInCode(repository: Repository): Finding[] {
  const stated = new Set<number>();
  for (const { text } of ruleFiles(repository)) {
    eachMap(parseDocument(text).contents, (map) => {
      const hours = map.get("hours");
      // What is only inferred, an illustration for one, is no value of the law.
      if (typeof hours !== "number" || map.get("provenance") === "inferred") return;
      if (hours >= HOURS_MIN) stated.add(hours);
      if (hours * 100 >= HUNDREDTHS_MIN) stated.add(hours * 100);
    });
  }
  return sources(repository)
    .filter(({ path }) => JUDGING.test(path) && !isTestCode(path))
    .flatMap((file) => {
      const findings: Finding[] = [];
      walk(parseSource(file).program, (node) => {
        if (node.type !== "Literal" || typeof node.value !== "number" || !stated.has(node.value)) return;
        const message = `${node.value} is a value of the law: it belongs in a rule file`;
        findings.push({ path: file.path, line: lineAt(file.text, node.start), message });
      });
      return findings;
    });
}

function ruleFiles(repository: Repository): Repository {
  return repository.filter(({ path }) => /^packages\/rulebook\/(?:rules|recognitions)\/.+\.yaml$/.test(path));
}

function eachMap(node: unknown, visit: (map: YAMLMap) => void): void {
  if (isSeq(node)) for (const item of node.items) eachMap(item, visit);
  if (!isMap(node)) return;
  visit(node);
  for (const { key, value } of node.items) if (!UNCITED_KEYS.has(String(key))) eachMap(value, visit);
}

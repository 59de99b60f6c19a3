import { isNode, parseSource, walk } from "./parse-source.ts";
import { type Finding, lineAt, type Repository } from "./repository.ts";
import { isTestCode, sources } from "./source-graph.ts";

/** Members of a written-out union `…ErrorCode` that no comment stands before: nobody is told when they occur. */
export function checkErrorCodes(repository: Repository): Finding[] {
  return sources(repository).flatMap((file) => {
    const findings: Finding[] = [];
    walk(parseSource(file).program, (node) => {
      if (node.type !== "TSTypeAliasDeclaration" || !isNode(node.id) || !/ErrorCode$/.test(String(node.id.name)))
        return;
      const union = node.typeAnnotation;
      if (!isNode(union) || union.type !== "TSUnionType" || !Array.isArray(union.types)) return;
      for (const member of union.types.filter(isNode)) {
        const before = file.text.slice(0, member.start).trimEnd().replace(/\|$/, "").trimEnd();
        if (before.endsWith("*/")) continue;
        const code = file.text.slice(member.start, member.end);
        findings.push({ path: file.path, line: lineAt(file.text, member.start), message: `${code} is not explained` });
      }
    });
    return findings;
  });
}

/** Codes of the catalogue that the product never answers with: a promise to callers that nothing keeps. */
export function checkUnusedCodes(repository: Repository, codes: readonly string[]): string[] {
  const texts = sources(repository)
    .filter(({ path }) => !isTestCode(path) && !path.startsWith("packages/contracts/src/catalogue/"))
    .map(({ text }) => text);
  return codes.filter((code) => !texts.some((text) => text.includes(`"${code}"`)));
}

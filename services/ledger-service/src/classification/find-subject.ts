import type { KeptRoute } from "@xueshi/database";
import { compareText, isSubject, type LocalDate, type RuleSet, type SubjectLookup } from "@xueshi/domain";
import { type Catalogue, readCatalogue, type SourceRegistry, subjectOf } from "@xueshi/platforms";

/** The platform of record that a source registers for on a date (platforms.md, rule 10), or the source itself. */
export type PlatformRoute = (source: string, obtainedOn: LocalDate | null) => string;

/** The routes in force, in the order in which they are asked: it does not depend on what was activated first. */
export function routesOf(ruleSets: readonly RuleSet[]): readonly KeptRoute[] {
  const inOrder = ruleSets.toSorted((left, right) => compareText(left.id, right.id));
  return inOrder.flatMap(({ sources }) =>
    sources.map(({ source, platform, from, until }) => ({ source, platform, from, until })),
  );
}

export function routeSources(ruleSets: readonly RuleSet[]): PlatformRoute {
  const routes = routesOf(ruleSets);
  return (source, obtainedOn) => {
    const route = routes.find(
      (one) =>
        one.source === source &&
        (obtainedOn === null || (one.from <= obtainedOn && (one.until === null || obtainedOn <= one.until))),
    );
    return route?.platform ?? source;
  };
}

/** Finds a subject by what the source said: the subject's own name, its course catalogue, or its code table. */
export function lookUpSubjects(
  stored: readonly { platform: string; entries: unknown }[],
  sources: SourceRegistry,
): SubjectLookup {
  const catalogues = new Map<string, Catalogue>();
  for (const { platform, entries } of stored) {
    const connection = sources.platformNamed(platform)?.connection;
    if (connection?.transport !== "http-json" || connection.catalogue === null || !Array.isArray(entries)) continue;
    catalogues.set(platform, readCatalogue(connection.catalogue, entries));
  }
  const found = new Map<string, ReturnType<SubjectLookup>>();
  return (source, subjectCode, basis) => {
    const key = `${source}\u0000${basis}\u0000${subjectCode}`;
    const earlier = found.get(key);
    if (earlier !== undefined) return earlier;
    const answer =
      basis === "name" && isSubject(subjectCode)
        ? { subject: subjectCode, trace: `name:${subjectCode}` }
        : subjectOf(sources.sourceNamed(source), subjectCode, catalogues.get(source) ?? null);
    found.set(key, answer);
    return answer;
  };
}

/** A place where two JSON values differ; a side that has nothing there is null. */
export interface JsonDifference {
  /** Such as `requirements[total].haveHundredths`; empty for the whole. */
  readonly path: string;
  readonly kept: unknown;
  readonly replayed: unknown;
}

/**
 * Where two JSON values differ, in the order of the first. Items of a list that name themselves (a record, a requirement, a
 * year) are compared with the item of the same name, so that one that is missing does not move all others.
 */
export function compareJson(kept: unknown, replayed: unknown, path = ""): JsonDifference[] {
  if (Object.is(kept, replayed)) return [];
  if (Array.isArray(kept) && Array.isArray(replayed)) return compareLists(kept, replayed, path);
  if (isRecord(kept) && isRecord(replayed)) {
    return unionOf(Object.keys(kept), Object.keys(replayed)).flatMap((name) =>
      compareJson(kept[name], replayed[name], path === "" ? name : `${path}.${name}`),
    );
  }
  return [{ path, kept: kept ?? null, replayed: replayed ?? null }];
}

function compareLists(kept: readonly unknown[], replayed: readonly unknown[], path: string): JsonDifference[] {
  const [before, after] = [named(kept), named(replayed)];
  if (before === null || after === null) {
    const indexes = Array.from({ length: Math.max(kept.length, replayed.length) }, (_, index) => index);
    return indexes.flatMap((index) => compareJson(kept[index], replayed[index], `${path}[${index}]`));
  }
  const differing = unionOf([...before.keys()], [...after.keys()]).flatMap((name) =>
    compareJson(before.get(name), after.get(name), `${path}[${name}]`),
  );
  if (differing.length > 0 || [...before.keys()].join() === [...after.keys()].join()) return differing;
  return [{ path, kept: [...before.keys()], replayed: [...after.keys()] }];
}

/** Items by their names; null where one has none, or two have the same. */
function named(items: readonly unknown[]): ReadonlyMap<string, unknown> | null {
  const byName = new Map<string, unknown>();
  for (const item of items) {
    const name = isRecord(item) ? nameOf(item) : null;
    if (name === null || byName.has(name)) return null;
    byName.set(name, item);
  }
  return byName;
}

/** The members that name an item, the most telling first. */
const NAMES = ["recordId", "ruleSetId", "id", "year", "platform", "code"] as const;

function nameOf(item: Readonly<Record<string, unknown>>): string | null {
  const { rule } = item;
  const source = isRecord(rule) ? rule : item;
  const member = NAMES.find((name) => typeof source[name] === "string" || typeof source[name] === "number");
  if (member === undefined) return null;
  // The ids of two sources may be the same.
  return member === "recordId" ? `${item.source ?? item.platform}/${item.recordId}` : String(source[member]);
}

function unionOf(left: readonly string[], right: readonly string[]): string[] {
  return [...new Set([...left, ...right])];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

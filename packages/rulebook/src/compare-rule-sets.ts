import type { RuleSet } from "@xueshi/domain";

/** One difference between two rule sets. */
export interface RuleSetChange {
  /**
   * Keys that lead to the value. Items of a list are named by what tells them apart: rows and values by id, grants and
   * notices by code, routes by series, sources by source and first day, overrides by first year. `order` is a list's own.
   */
  readonly path: readonly string[];
  readonly kind: "added" | "removed" | "changed";
  /** Null where it was added. */
  readonly before: unknown;
  /** Null where it was removed. */
  readonly after: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Values that are read as one: a clause of another document is another citation, not a changed part of it. */
const WHOLE = new Set(["citation", "years", "when", "window", "test", "span", "of", "inherits"]);
/** Fields that decide what the others mean; with another one the whole value is another. */
const DECIDING = ["answer", "kind", "code"];
/** Lists in which the first that matches answers, or in whose order rules are applied. */
const ORDERED = new Set(["declarations", "caps", "gates"]);

/**
 * What is different between two rule sets, in the order of the later one and with what was removed behind it. Pure; the
 * texts' comments, anchors and order of keys are no part of a rule set, so two texts may be equal here.
 */
export function compareRuleSets(before: RuleSet, after: RuleSet): RuleSetChange[] {
  return compareFields(comparable(before), comparable(after), []);
}

/** A route for several series is one for each of them, so that a series which moves is seen to move. */
function comparable({ authorities, ...ruleSet }: RuleSet): Fields {
  const routes = authorities.flatMap(({ series, ...route }) =>
    (series === "*" ? [series] : series).map((code): [string, unknown] => [code, route]),
  );
  return { ...ruleSet, authorities: Object.fromEntries(routes) };
}

function compareValues(before: unknown, after: unknown, path: readonly string[]): RuleSetChange[] {
  const isWhole = WHOLE.has(path.at(-1) ?? "");
  if (!isWhole && isKeyedList(before) && isKeyedList(after)) return compareLists(before, after, path);
  if (!isWhole && isFields(before) && isFields(after) && DECIDING.every((field) => before[field] === after[field])) {
    return compareFields(before, after, path);
  }
  if (sameValue(before, after)) return [];
  if (isAbsent(before)) return [{ path, kind: "added", before: null, after }];
  if (isAbsent(after)) return [{ path, kind: "removed", before, after: null }];
  return [{ path, kind: "changed", before, after }];
}

function compareFields(before: Fields, after: Fields, path: readonly string[]): RuleSetChange[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((name) => compareValues(before[name], after[name], [...path, name]));
}

function compareLists(before: readonly Fields[], after: readonly Fields[], path: readonly string[]): RuleSetChange[] {
  const [earlier, later] = [byKey(before), byKey(after)];
  const changes = compareFields(Object.fromEntries(earlier), Object.fromEntries(later), path);
  if (!ORDERED.has(path.at(-1) ?? "")) return changes;
  const kept = (from: ReadonlyMap<string, Fields>, other: ReadonlyMap<string, Fields>) =>
    [...from.keys()].filter((key) => other.has(key));
  const [orderBefore, orderAfter] = [kept(earlier, later), kept(later, earlier)];
  if (sameValue(orderBefore, orderAfter)) return changes;
  return [...changes, { path: [...path, "order"], kind: "changed", before: orderBefore, after: orderAfter }];
}

function byKey(items: readonly Fields[]): Map<string, Fields> {
  return new Map(items.map((item) => [keyOf(item) ?? "", item]));
}

function keyOf(item: Fields): string | null {
  const { id, code, source, from } = item;
  if (typeof id === "string") return id;
  if (typeof code === "string") return code;
  if (typeof source === "string") return `${source} ${String(from)}`;
  return typeof from === "number" ? String(from) : null;
}

/** An empty list has no items that could not be told apart. */
function isKeyedList(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.every((item) => isFields(item) && keyOf(item) !== null);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Equal whatever the order of the keys. */
function sameValue(before: unknown, after: unknown): boolean {
  if (isAbsent(before) || isAbsent(after)) return isAbsent(before) === isAbsent(after);
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.length === after.length && before.every((item, index) => sameValue(item, after[index]));
  }
  if (!isFields(before) || !isFields(after)) return before === after;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].every((name) => sameValue(before[name], after[name]));
}

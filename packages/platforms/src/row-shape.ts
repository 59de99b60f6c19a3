import { compareText } from "@xueshi/domain";
import type { Mapping } from "./mapping.ts";

/** How a field is read for comparison; `other` is any field that the mapping does not read itself. */
export type FieldKind = "id" | "name" | "hours" | "date" | "text" | "other";

export interface ShapeField {
  readonly key: string;
  /** `"key":`, ready for the canonical JSON. */
  readonly prefix: string;
  readonly kind: FieldKind;
}

/** What can be worked out once for all rows with the same keys in the same order. */
export interface RowShape {
  readonly keys: readonly string[];
  /** Every field but the update time, sorted by key. */
  readonly fields: readonly ShapeField[];
  /** Keys that the mapping does not read. */
  readonly otherKeys: readonly string[];
}

/** Shapes remembered per mapping: a platform sends a handful; a hostile one must not fill the memory. */
const SHAPES_MAX = 16;

/** Finds the shape of a row; rows that follow each other nearly always share it. */
export function createShapeLookup(mapping: Mapping): (row: Readonly<Record<string, unknown>>) => RowShape {
  const kinds = fieldKinds(mapping);
  const shapes: RowShape[] = [];
  return (row) => {
    const keys = Object.keys(row);
    for (const shape of shapes) if (haveSameKeys(shape.keys, keys)) return shape;
    const shape = describeShape(keys, kinds, mapping.fields.updateTime);
    if (shapes.length === SHAPES_MAX) shapes.shift();
    shapes.push(shape);
    return shape;
  };
}

function fieldKinds(mapping: Mapping): ReadonlyMap<string, FieldKind> {
  const { fields } = mapping;
  const kinds = new Map<string, FieldKind>();
  for (const key of Object.values(fields)) if (key !== null && key !== undefined) kinds.set(key, "text");
  if (mapping.withdrawnFlag !== null) kinds.set(mapping.withdrawnFlag.field, "text");
  kinds.set(fields.idNumber, "id").set(fields.name, "name").set(fields.hours, "hours");
  for (const key of [fields.obtainedOn, fields.studiedFrom, fields.studiedUntil, fields.assessedOn]) {
    if (key !== null) kinds.set(key, "date");
  }
  return kinds;
}

function describeShape(keys: string[], kinds: ReadonlyMap<string, FieldKind>, updateTimeKey: string): RowShape {
  const fields = keys
    .filter((key) => key !== updateTimeKey)
    .toSorted(compareText)
    .map((key) => ({ key, prefix: `${JSON.stringify(key)}:`, kind: kinds.get(key) ?? "other" }));
  return { keys, fields, otherKeys: keys.filter((key) => !kinds.has(key)) };
}

function haveSameKeys(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

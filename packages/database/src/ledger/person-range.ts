/** Everybody from one practitioner id on to before another; null: to the end. */
export interface PersonRange {
  readonly fromId: string;
  readonly beforeId: string | null;
}

/** Whose rows are meant. */
export type PersonScope = PersonRange | { readonly ids: readonly string[] };

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The scope as a condition of a statement that takes no parameters. */
export function inScope(scope: PersonScope): string {
  if ("ids" in scope) return `practitioner_id = ANY('{${scope.ids.map(uuid).join(",")}}'::uuid[])`;
  const from = `practitioner_id >= '${uuid(scope.fromId)}'`;
  return scope.beforeId === null ? from : `${from} AND practitioner_id < '${uuid(scope.beforeId)}'`;
}

/**
 * An id that can stand in a statement.
 * @throws RangeError when it is none
 */
export function uuid(id: string): string {
  if (!UUID.test(id)) throw new RangeError("an id is no UUID");
  return id;
}

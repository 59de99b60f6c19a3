/** Records with everybody whom they name: no other group names one of them. */
export interface PeopleGroup {
  readonly recordKeys: readonly string[];
  /** Sorted. */
  readonly people: readonly string[];
}

/**
 * Divides records into groups that share nobody, each of about `peopleMax` people, in the order of their first ones:
 * what is planned of one group does not depend on what was written of another.
 * @param peopleOf the people of each record, at least one
 */
export function groupByPeople(
  peopleOf: ReadonlyMap<string, readonly string[]>,
  peopleMax: number,
): readonly PeopleGroup[] {
  const roots = new Map<string, string>();
  const rootOf = (person: string): string => {
    let root = person;
    for (let above = roots.get(root); above !== undefined && above !== root; above = roots.get(root)) root = above;
    roots.set(person, root);
    return root;
  };
  for (const people of peopleOf.values()) {
    const found = people.map(rootOf);
    const [least = ""] = found.toSorted();
    for (const root of found) roots.set(root, least);
  }
  const parts = new Map<string, { recordKeys: string[]; people: Set<string> }>();
  for (const [recordKey, people] of peopleOf) {
    const root = rootOf(people[0] ?? "");
    const part = parts.get(root) ?? { recordKeys: [], people: new Set() };
    part.recordKeys.push(recordKey);
    for (const person of people) part.people.add(person);
    parts.set(root, part);
  }
  return packed(
    [...parts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, part]) => part),
    peopleMax,
  );
}

function packed(parts: readonly { recordKeys: string[]; people: Set<string> }[], peopleMax: number): PeopleGroup[] {
  const groups: { recordKeys: string[]; people: string[] }[] = [];
  for (const { recordKeys, people } of parts) {
    const last = groups.at(-1);
    if (last !== undefined && last.people.length + people.size <= peopleMax) {
      last.recordKeys.push(...recordKeys);
      last.people.push(...people);
    } else groups.push({ recordKeys: [...recordKeys], people: [...people] });
  }
  return groups.map(({ recordKeys, people }) => ({ recordKeys: recordKeys.sort(), people: people.sort() }));
}

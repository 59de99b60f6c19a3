/** What a scenario expects of one place of the answer, and what it is; undefined where one side says nothing. */
export interface Difference {
  readonly at: string;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
}

/** Where two described verdicts differ, one line for each value: `workings.total`. What is not checked is undefined. */
export function compareWorkings(expected: object, actual: object): Difference[] {
  const [left, right] = [flatten(expected), flatten(actual)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((at) => left.get(at) !== right.get(at))
    .map((at) => ({ at, expected: left.get(at), actual: right.get(at) }));
}

function flatten(value: object, prefix = ""): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [name, inner] of Object.entries(value) as [string, unknown][]) {
    if (inner === undefined) continue;
    const at = prefix === "" ? name : `${prefix}.${name}`;
    if (typeof inner !== "object" || inner === null) flat.set(at, String(inner));
    else if (Array.isArray(inner)) flat.set(at, inner.length === 0 ? "-" : inner.join(", "));
    else for (const [place, text] of flatten(inner, at)) flat.set(place, text);
  }
  return flat;
}

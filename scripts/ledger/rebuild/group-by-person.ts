/** Rows that come in order of practitioner id, person by person. */
export async function* groupByPerson<Row extends { readonly practitionerId: string }>(
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let group: Row[] = [];
  for await (const rows of batches) {
    for (const row of rows) {
      if (group.length > 0 && group[0]?.practitionerId !== row.practitionerId) {
        yield group;
        group = [];
      }
      group.push(row);
    }
  }
  if (group.length > 0) yield group;
}

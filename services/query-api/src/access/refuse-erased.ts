import { readIsErased, type Sql } from "@xueshi/database";
import { HttpProblem } from "@xueshi/http";

/** Of somebody who was erased nothing is told, as of whatever instant. Throws `erased`. */
export async function refuseErased(sql: Sql, practitionerId: string): Promise<void> {
  if (await readIsErased(sql, practitionerId)) throw new HttpProblem("erased");
}

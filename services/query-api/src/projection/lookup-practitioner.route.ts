import type { LookupResponse, lookupPractitionerRoute } from "@xueshi/contracts";
import { readPersonEntries } from "@xueshi/database";
import { maskResidentId, normaliseName, numberOf, projectPerson } from "@xueshi/domain";
import { type Handler, HttpProblem } from "@xueshi/http";
import { noteAccess } from "../access/note-access.ts";
import type { QueryContext } from "../query-context.ts";

/** Exchanges a document for a practitioner id, and says whether the name is the one that the document is known under. Throws `erased`. */
export function lookupPractitioner(context: QueryContext): Handler<typeof lookupPractitionerRoute> {
  const { sql, vault } = context;
  return async ({ body }, call) => {
    const { personId, name } = body.practitioner;
    const practitionerId = vault.practitionerIdOf(personId);
    const noted = noteAccess(context, call, practitionerId, "lookup");
    const person = projectPerson(await readPersonEntries(sql, practitionerId, call.receivedAtMs));
    await noted;
    if (person.isErased === true) throw new HttpProblem("erased");
    const known = person.nameDigest;
    const identity = identityOf(known, vault.nameDigestOf(practitionerId, normaliseName(name)));
    const answer: LookupResponse = {
      // The id opens the person's hours and records, which a wrong name must not (platforms.md, rule 11).
      practitionerId: identity === "conflict" ? null : practitionerId,
      identity,
      maskedIdNumber: maskResidentId(numberOf(personId)),
    };
    return { status: 200, json: answer };
  };
}

function identityOf(known: string | null, given: string): LookupResponse["identity"] {
  if (known === null) return "not_known";
  return known === given ? "known" : "conflict";
}

import { ID_TYPES, type PersonId, parsePersonId } from "@xueshi/domain";
import { z } from "zod";
import { issue, note, requiredText, uuid } from "./primitives.ts";

/** A person by document, as a declaration system names one; the id is parsed by the form of its kind. */
const identitySchema = z
  .strictObject({ idType: z.enum(ID_TYPES), idNumber: requiredText(64), name: requiredText(64) })
  .transform((value, context) => {
    const personId = parsePersonId(value.idType, value.idNumber);
    const name = value.name;
    if (name.trim() === "") context.addIssue(issue("required", ["name"]));
    if (personId === null) {
      context.addIssue(issue("id_invalid", ["idNumber"]));
      return z.NEVER;
    }
    return { by: "identity" as const, personId: personId satisfies PersonId, name };
  });

const practitionerIdSchema = z
  .strictObject({ practitionerId: uuid })
  .transform((value) => ({ by: "practitioner-id" as const, practitionerId: value.practitionerId }));

/** A person by document and name, or by the id that `POST /v1/practitioners/lookup` gave. */
export const practitionerSchema = z.union([identitySchema, practitionerIdSchema]);
export type PractitionerRef = z.output<typeof practitionerSchema>;

export const lookupRequestSchema = z.strictObject({ practitioner: identitySchema });

const IDENTITY_STATES = ["known", "not_known", "conflict"] as const;

export const lookupResponseSchema = z.strictObject({
  practitionerId: uuid.nullable().meta(note("姓名不符时为 null", "null when the id is known under another name")),
  identity: z
    .enum(IDENTITY_STATES)
    .meta(
      note(
        "known：已以此姓名登记；not_known：尚无记录；conflict：已以另一姓名登记",
        "known: the id is known under this name; not_known: no record so far; conflict: known under another",
      ),
    ),
  maskedIdNumber: z.string(),
});
export type LookupResponse = z.output<typeof lookupResponseSchema>;

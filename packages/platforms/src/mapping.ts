import { ID_TYPES } from "@xueshi/domain";
import { z } from "zod";

const fieldName = z.string().min(1);
const idType = z.enum([...ID_TYPES, "detect"]);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/**
 * Which raw field holds what. The same list says how a field is parsed for comparison: `idNumber` as an id, `name`
 * without white space, `hours` in hundredths, the four dates in Asia/Shanghai, `updateTime` not at all.
 */
const fields = z
  .object({
    recordId: fieldName,
    /** Which kind of document the id is of; absent: `idTypeDefault` says it. */
    idType: fieldName.optional(),
    idNumber: fieldName,
    name: fieldName,
    title: fieldName,
    provider: fieldName.nullable(),
    hours: fieldName,
    subjectCode: fieldName,
    status: fieldName,
    obtainedOn: fieldName,
    studiedFrom: fieldName.nullable(),
    studiedUntil: fieldName.nullable(),
    /** Null: the platform attributes no year, the year of `obtainedOn` in Asia/Shanghai is it. */
    attributedYear: fieldName.nullable(),
    pathway: fieldName.nullable(),
    assessedOn: fieldName.nullable(),
    updateTime: fieldName,
  })
  .readonly();

export const mappingSchema = z
  .object({
    fields,
    /** Fields that come with each row and are compared, but mean nothing to the rules. */
    otherFields: z.array(fieldName).readonly(),
    /** `text`: a date with a time, in Asia/Shanghai unless it names a zone. `epoch_ms`: milliseconds since 1970 UTC. */
    updateTimeForm: z.enum(["text", "epoch_ms"]),
    /** `always`: a row without a year is wrong. `optional`: the year of `obtainedOn` then takes its place. */
    attributedYearSent: z.enum(["always", "optional"]),
    /** The platform's status words after NFKC and trim. */
    statuses: z.record(z.string(), z.enum(["final", "pending", "withdrawn"])).readonly(),
    /** The platform's words for kinds of documents; another word in the field makes an id of no kind, which is refused. */
    idTypes: z.record(z.string(), idType).readonly().optional(),
    /** Of rows that say no kind. `detect`: whichever kind the number has the form of. */
    idTypeDefault: idType.optional(),
    /** A flag beside the status that withdraws the record; a value in neither list makes the status unknown. */
    withdrawnFlag: z
      .object({ field: fieldName, yes: z.array(scalar).readonly(), no: z.array(scalar).readonly() })
      .readonly()
      .nullable(),
    /** Rows that only sum up others: not records. */
    totalRow: z
      .object({ field: fieldName, values: z.array(z.string()).readonly() })
      .readonly()
      .nullable(),
  })
  .readonly();

export type Mapping = z.infer<typeof mappingSchema>;

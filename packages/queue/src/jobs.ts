import { z } from "zod";
import { QueueError } from "./queue-error.ts";

/**
 * Every job there is, and the whole of what one may carry: ids, never personal data. A job is a hint; what is
 * to be done is read from PostgreSQL by its id. A new queue is added here and nowhere else.
 */
export type JobPayloads = {
  /** Pull one platform's new rows; `platform` is its kebab-case name. */
  "pull-platform": { platform: string };
  /** Post one admitted batch; `batchId` is a UUID. */
  "post-batch": { batchId: string };
  /** Go on with one upload; `uploadId` is a UUID. */
  "read-upload": { uploadId: string };
  /** Go on with one re-admission of rows that are kept; `readmissionId` is a UUID. */
  "readmit-rows": { readmissionId: string };
  /** Go on with one reconciliation; `reconciliationId` is a UUID. */
  reconcile: { reconciliationId: string };
  /** Go on with one erasure; `erasureId` is a UUID. */
  "erase-person": { erasureId: string };
};
export type JobName = keyof JobPayloads;

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const payloadSchemas: { readonly [Name in JobName]: z.ZodType<JobPayloads[Name]> } = {
  "pull-platform": z.strictObject({ platform: z.string().max(64).regex(kebabCase) }),
  "post-batch": z.strictObject({ batchId: z.uuid() }),
  "read-upload": z.strictObject({ uploadId: z.uuid() }),
  "readmit-rows": z.strictObject({ readmissionId: z.uuid() }),
  reconcile: z.strictObject({ reconciliationId: z.uuid() }),
  "erase-person": z.strictObject({ erasureId: z.uuid() }),
};

export const jobNames = Object.keys(payloadSchemas) as readonly JobName[];

/**
 * The payload of a job of this name, or a refusal. Used where a job is put in and where it is taken out.
 * Throws `QueueError` `payload_refused`; its message names fields and rules, never a value or an unknown key.
 */
export function parseJobPayload<Name extends JobName>(name: Name, payload: unknown): JobPayloads[Name] {
  const schema: z.ZodType<JobPayloads[Name]> = payloadSchemas[name];
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? `${issue.keys.length} unknown field(s)`
      : `${issue.path.join(".") || "payload"} is ${issue.code}`,
  );
  throw new QueueError("payload_refused", `the payload of ${name} is refused: ${problems.join(", ")}`);
}

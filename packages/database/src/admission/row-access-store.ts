import { instantText, type Sql } from "../connection/connect.ts";

/** One look of an operator at a row that is kept apart, and so at the person whom it names. */
export interface RowAccess {
  readonly practitionerId: string;
  readonly accessedAtMs: number;
  readonly accessId: string;
  /** The API key that read; its holder's name is kept with the key. */
  readonly keyId: string;
  readonly recordKey: string;
  readonly requestId: string;
}

/** Keeps a look before anything of the person is opened; when it ends, it is kept. */
export async function writeRowAccess(sql: Sql, row: RowAccess): Promise<void> {
  await sql`
    INSERT INTO admission.row_access (practitioner_id, accessed_at, access_id, key_id, record_key, request_id)
    VALUES (${row.practitionerId}, ${instantText(row.accessedAtMs)}::timestamptz, ${row.accessId}, ${row.keyId},
      ${row.recordKey}, ${row.requestId})`;
}

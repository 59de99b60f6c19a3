import type { AccessRow } from "@xueshi/database";
import type { AuthenticatedCall } from "@xueshi/http";
import type { AccessLog } from "./access-log.ts";

export interface AccessNotes {
  readonly accessLog: AccessLog;
  readonly newId: () => string;
}

/** Notes that this call reads one person, before it does. Wait for the result before answering. */
export function noteAccess(
  notes: AccessNotes,
  call: AuthenticatedCall,
  practitionerId: string,
  purpose: string,
): Promise<void> {
  return notes.accessLog.note([accessRow(notes, call, practitionerId, purpose)]);
}

export function accessRow(
  { newId }: Pick<AccessNotes, "newId">,
  call: AuthenticatedCall,
  practitionerId: string,
  purpose: string,
): AccessRow {
  const { principal, receivedAtMs, requestId } = call;
  return { practitionerId, accessedAtMs: receivedAtMs, accessId: newId(), keyId: principal.keyId, purpose, requestId };
}

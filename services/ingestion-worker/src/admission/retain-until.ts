import { type LocalDate, localDateAt } from "@xueshi/domain";

const DAY_MS = 86_400_000;

/** The last date on which a raw page that came at an instant is kept. */
export function retainUntil(receivedAtMs: number, retentionDays: number): LocalDate {
  return localDateAt(receivedAtMs + retentionDays * DAY_MS);
}

import type { PullOutcome } from "@xueshi/domain";

/** Why a pull did not reach its end, or a file was not taken. Codes are stable. */
const PULL_REASONS = [
  "aborted",
  "body_invalid",
  "body_too_large",
  "clock_skew",
  "connection_failed",
  "credential_missing",
  "error_body",
  "file_encrypted",
  "file_header",
  "file_incomplete",
  "file_malformed",
  "file_too_large",
  "file_undecodable",
  "files_too_many",
  "folder_unreadable",
  "http_status",
  "list_empty",
  "login_refused",
  "no_progress",
  "order_broken",
  "page_cut_short",
  "page_limit",
  "redirect_refused",
  "schema_drift",
  "signature_refused",
  "timeout",
  "total_not_reached",
] as const;
export type PullReason = (typeof PULL_REASONS)[number];

/** What is stored with a page, in the same transaction; a JSON value, given back to the next pull as it is. */
export type PullCursor =
  | { readonly updatedFrom: string }
  | { readonly cursor: string }
  | { readonly link: string }
  // Of a listing that each pull reads from its first page on: how far this one has come, for people.
  | { readonly rowsRead: number }
  | { readonly files: Readonly<Record<string, string>> }
  | { readonly staged: { readonly time: string } | null };

export interface PulledPage {
  readonly kind: "page";
  /** Rows as the platform sent them, and not yielded before in this pull. */
  readonly rows: readonly unknown[];
  /** Those that were, and that the page brought once more: they stand in its body too. */
  readonly rowsAgain: readonly unknown[];
  /** The page for the archive: the body as received; for a file the page's rows as JSON. */
  readonly body: Uint8Array;
  readonly cursorAfter: PullCursor;
  /** Rows the platform says there are from the asked position on. */
  readonly advertisedTotal: number | null;
  /** Tells the platform that the page is stored; called once that is committed. When it rejects, the rows come again. */
  readonly acknowledge?: () => Promise<void>;
  /** The file the page is from; its cursor moves with its last page only. */
  readonly file: { readonly name: string; readonly sha256: string; readonly isLastPage: boolean } | null;
}

export interface RefusedFile {
  readonly name: string;
  readonly reason: PullReason;
}

/** The last event of every pull. `startedAtMs` is what `completeUntil` becomes when the outcome is complete. */
export interface PullEnd {
  readonly kind: "end";
  readonly outcome: PullOutcome;
  readonly reason: PullReason | null;
  /** Milliseconds since 1970 UTC, read before anything was asked. */
  readonly startedAtMs: number;
  readonly rowsSeen: number;
  readonly rowsReread: number;
  readonly pages: number;
  readonly advertisedTotal: number | null;
  readonly refusedFiles: readonly RefusedFile[];
}

export type PullEvent = PulledPage | PullEnd;

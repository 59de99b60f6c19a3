import type { PullEnd, PulledPage, PullReason, RefusedFile } from "./pull-event.ts";

/** What a pull has done so far. */
export class PullTally {
  readonly #startedAtMs: number;
  #rowsSeen = 0;
  #rowsReread = 0;
  #pages = 0;
  #advertisedTotal: number | null = null;

  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  /** The platform's own count, as its first answer gave it. */
  advertise(total: number): void {
    this.#advertisedTotal ??= total;
  }

  /** False when fewer rows came than the first answer said there are; rows that move or are added only make it more. */
  get isTotalReached(): boolean {
    return this.#rowsSeen >= (this.#advertisedTotal ?? 0);
  }

  count<Page extends PulledPage>(page: Page): Page {
    this.#rowsSeen += page.rows.length;
    this.#rowsReread += page.rowsAgain.length;
    this.#pages += 1;
    return page;
  }

  /** Without a reason the pull is complete; with one it is partial if a page came through, else failed. */
  end(reason: PullReason | null, refusedFiles: readonly RefusedFile[] = []): PullEnd {
    const stored = this.#pages > 0 || refusedFiles.length > 0;
    const outcome = reason === null ? "complete" : stored && reason !== "login_refused" ? "partial" : "failed";
    return {
      kind: "end",
      outcome,
      reason,
      startedAtMs: this.#startedAtMs,
      rowsSeen: this.#rowsSeen,
      rowsReread: this.#rowsReread,
      pages: this.#pages,
      advertisedTotal: this.#advertisedTotal,
      refusedFiles,
    };
  }
}

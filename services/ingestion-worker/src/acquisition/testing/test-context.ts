import type { PullContext } from "../pull-context.ts";
import type { PullEnd, PullEvent, PulledPage } from "../pull-event.ts";

export const NOW_MS = Date.parse("2026-11-01T00:00:00Z");

export interface TestContext extends PullContext {
  /** The delays that were asked for instead of waited. */
  readonly delaysMs: number[];
  readonly warnings: Readonly<Record<string, unknown>>[];
  nowMs: number;
}

/** A context whose delays pass at once and whose clock stands still until it is set. */
export function createTestContext(signal: AbortSignal = new AbortController().signal): TestContext {
  const delaysMs: number[] = [];
  const warnings: Readonly<Record<string, unknown>>[] = [];
  const context: TestContext = {
    fetch: globalThis.fetch,
    clock: () => context.nowMs,
    delay: async (delayMs) => void delaysMs.push(delayMs),
    logger: { info() {}, warn: (message, fields) => void warnings.push({ message, ...fields }) },
    signal,
    delaysMs,
    warnings,
    nowMs: NOW_MS,
  };
  return context;
}

export interface CollectedPull {
  readonly pages: readonly PulledPage[];
  readonly rows: readonly unknown[];
  readonly end: PullEnd;
  /** The cursor stored with the last page; undefined when no page came. */
  readonly cursor: unknown;
}

/** Runs a pull to its end; fails when events follow the end or it has none. */
export async function collectPull(events: AsyncIterable<PullEvent>): Promise<CollectedPull> {
  const pages: PulledPage[] = [];
  let end: PullEnd | null = null;
  for await (const event of events) {
    if (end !== null) throw new Error("An event followed the end of the pull.");
    if (event.kind === "end") end = event;
    else pages.push(event);
  }
  if (end === null) throw new Error("The pull had no end.");
  return { pages, rows: pages.flatMap((page) => page.rows), end, cursor: pages.at(-1)?.cursorAfter };
}

import type { BodyLine } from "@xueshi/contracts";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../ingestion-context.ts";
import { admissionContextOf } from "./admission-context.ts";
import { judgePush, type PushOrigin } from "./judge-push.ts";
import { presentStoredReceipt } from "./push-records.ts";
import { storePush } from "./store-push.ts";

export interface LinePush extends PushOrigin {
  readonly lines: AsyncIterable<readonly BodyLine[]>;
  /** See `requestKeyOf`; a stream that was cut off goes on where it was when it is sent again with its key. */
  readonly requestKey: string | null;
  /** Lines that are stored in one transaction. Parts are cut by number and never by time, so that they can be repeated. */
  readonly linesPerPart: number;
}

/** What a stream came to, as its last line says it. */
class Summary {
  #lines = 0;
  #batches = 0;
  readonly #counts = new Map<string, number>();

  count(outcomes: readonly { readonly outcome: string }[]): void {
    this.#batches += 1;
    this.#lines += outcomes.length;
    for (const { outcome } of outcomes) this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
  }

  text(): string {
    const counts = Object.fromEntries(this.#counts);
    return `${JSON.stringify({ summary: { lines: this.#lines, batches: this.#batches, counts } })}\n`;
  }
}

/**
 * Takes in a stream of records. Each part is stored in one transaction and its receipts leave after it, while the next
 * part is read and judged; so at most two parts are in memory. The last line is the summary: without it the answer was
 * cut off. Yields texts of whole lines; throws as `storePush` does, and what was acknowledged before stays.
 */
export async function* pushLines(context: IngestionContext, push: LinePush): AsyncGenerator<string, void, undefined> {
  const summary = new Summary();
  let part = 0;
  let storing: Promise<string> | null = null;
  for await (const lines of inParts(push.lines, push.linesPerPart)) {
    const store = judgePart(context, push, lines, part, summary);
    part += 1;
    if (storing !== null) yield await storing;
    storing = store();
    // Its failure is thrown by the next await of it; until then it must not count as unhandled.
    storing.catch(() => {});
  }
  if (storing !== null) yield await storing;
  yield summary.text();
}

/** Judges a part; the function returned stores it and gives its receipts. */
function judgePart(
  context: IngestionContext,
  push: LinePush,
  lines: readonly BodyLine[],
  part: number,
  summary: Summary,
): () => Promise<string> {
  const { source, receivedAtMs, language, requestKey } = push;
  const elements = lines.map((line) => (line.ok ? { value: line.value } : null));
  const { judged, errors } = judgePush(elements, push, admissionContextOf(context.vault));
  const rawText = JSON.stringify(elements.map((element) => element?.value ?? null));
  const once = requestKey === null ? null : { requestKey, part, bodyDigest: sha256Hex(rawText) };
  return async () => {
    const { batchId, receipts } = await storePush(context, { source, judged, rawText, receivedAtMs, once });
    summary.count(receipts);
    return receipts
      .map((receipt) => {
        const { index, ...said } = presentStoredReceipt(receipt, language, errors.get(receipt.index));
        return `${JSON.stringify({ line: lines[index]?.line ?? 0, ...said, batchId })}\n`;
      })
      .join("");
  };
}

/** Lines in groups of one size, whatever the sizes in which they come; the last one may be smaller. */
async function* inParts<T>(groups: AsyncIterable<readonly T[]>, size: number): AsyncGenerator<T[], void, undefined> {
  let part: T[] = [];
  for await (const group of groups) {
    for (const item of group) {
      part.push(item);
      if (part.length < size) continue;
      yield part;
      part = [];
    }
  }
  if (part.length > 0) yield part;
}

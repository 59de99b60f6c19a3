import type { Receipt, StreamedLine } from "@xueshi/contracts";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../ingestion-context.ts";
import { admissionContextOf } from "./admission-context.ts";
import { archiveLines, elementsOf } from "./archive-lines.ts";
import { cutParts, type PartSize } from "./cut-parts.ts";
import { judgePush, type PushOrigin } from "./judge-push.ts";
import { presentStoredReceipt } from "./push-records.ts";
import { type PushToStore, storePush } from "./store-push.ts";

export interface LinePush extends PushOrigin {
  readonly lines: AsyncIterable<readonly StreamedLine[]>;
  /** See `requestKeyOf`; a stream that was cut off goes on where it was when it is sent again with its key. */
  readonly requestKey: string | null;
  /** How many lines are stored in one transaction. */
  readonly partSize: PartSize;
  /** Which receipts the caller wants; the summary counts all of them. */
  readonly isWanted: (receipt: Receipt) => boolean;
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

/** A part that waits to be stored. */
interface JudgedPart {
  readonly lines: readonly StreamedLine[];
  readonly push: PushToStore;
  readonly errors: ReturnType<typeof judgePush>["errors"];
}

/**
 * Takes in a stream of records. Each part is stored in one transaction, while the next one is read and judged, and its
 * receipts leave as soon as it is: at most two parts are in memory, and they are stored in their order. The last line is
 * the summary: without it the answer was cut off. Yields texts of whole lines; throws as reading does and as `storePush`
 * does, after the receipts of everything that is stored.
 */
export async function* pushLines(context: IngestionContext, push: LinePush): AsyncGenerator<string, void, undefined> {
  const summary = new Summary();
  const parts = judgedParts(context, push);
  try {
    let next = await parts.next();
    while (next.done !== true) {
      const part = next.value;
      const following = parts.next();
      // Its failure is thrown when its turn comes; until then it must not count as unhandled.
      following.catch(() => {});
      yield await storePart(context, push, part, summary);
      next = await following;
    }
    yield summary.text();
  } finally {
    // Not awaited: a caller who has gone away may still be waited for by the part that is being read.
    void parts.return(undefined).catch(() => {});
  }
}

async function* judgedParts(context: IngestionContext, push: LinePush): AsyncGenerator<JudgedPart, void, undefined> {
  const { source, receivedAtMs, requestKey } = push;
  const admission = admissionContextOf(context);
  let part = 0;
  for await (const lines of cutParts(push.lines, push.partSize)) {
    const { judged, errors } = judgePush(elementsOf(lines), push, admission);
    const raw = archiveLines(lines);
    const once = requestKey === null ? null : { requestKey, part, bodyDigest: sha256Hex(raw) };
    part += 1;
    yield { lines, errors, push: { source, judged, raw, receivedAtMs, once } };
  }
}

/** Stores a part and gives its receipts as lines; an empty text where none of them is wanted. */
async function storePart(
  context: IngestionContext,
  { language, isWanted }: LinePush,
  part: JudgedPart,
  summary: Summary,
): Promise<string> {
  const { batchId, receipts } = await storePush(context, part.push);
  summary.count(receipts);
  let text = "";
  for (const stored of receipts) {
    const receipt = presentStoredReceipt(stored, language, part.errors.get(stored.index));
    if (!isWanted(receipt)) continue;
    const { index, ...said } = receipt;
    text += `${JSON.stringify({ line: part.lines[index]?.line ?? 0, ...said, batchId })}\n`;
  }
  return text;
}

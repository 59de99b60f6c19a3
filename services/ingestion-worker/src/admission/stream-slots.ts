import { LIMITS } from "@xueshi/contracts";
import { HttpProblem } from "@xueshi/http";

const RETRY_AFTER_SECONDS = "5";

/** How many long requests are under way, by source: each holds some MiB, and memory is bounded by their number. */
export type StreamSlots = Map<string, number>;

/** Takes a slot; the function returned gives it back. Throws `streams_too_many`. */
export function takeSlot(slots: StreamSlots, source: string): () => void {
  const own = slots.get(source) ?? 0;
  const all = [...slots.values()].reduce((sum, taken) => sum + taken, 0);
  if (own >= LIMITS.streamsPerSourceMax || all >= LIMITS.streamsMax) {
    throw new HttpProblem("streams_too_many", { headers: { "Retry-After": RETRY_AFTER_SECONDS } });
  }
  slots.set(source, own + 1);
  return () => {
    const left = (slots.get(source) ?? 1) - 1;
    if (left === 0) slots.delete(source);
    else slots.set(source, left);
  };
}

/** Passes texts on while a slot is held. */
export async function* withSlot(
  slots: StreamSlots,
  source: string,
  texts: AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  const giveBack = takeSlot(slots, source);
  try {
    yield* texts;
  } finally {
    giveBack();
  }
}

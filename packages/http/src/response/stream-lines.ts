const TEXT_CHARACTERS = 32_768;

/** Values as lines of NDJSON, many to a text; what was made before a failure comes before it. */
export async function* lineTexts(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string> {
  let text = "";
  try {
    for await (const value of values) {
      text += `${JSON.stringify(value)}\n`;
      if (text.length < TEXT_CHARACTERS) continue;
      yield text;
      text = "";
    }
  } catch (error) {
    if (text !== "") yield text;
    throw error;
  }
  if (text !== "") yield text;
}

/**
 * Texts of whole lines, made only as fast as the caller reads, each sent when it is made. When making one fails, the last
 * line is what `failure` gives, because the status has been sent already. `ended` is called once, with whatever was
 * thrown or null.
 */
export function streamLines(
  texts: AsyncIterable<string>,
  failure: (thrown: unknown) => unknown,
  ended: (thrown: unknown) => void,
): ReadableStream<Uint8Array> {
  const iterator = texts[Symbol.asyncIterator]();
  const encoder = new TextEncoder();

  /** The next text that says anything; a stream asks no second time when it was given nothing. */
  async function nextText(): Promise<{ text: string; done: boolean; thrown: unknown }> {
    try {
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return { text: "", done: true, thrown: null };
        if (next.value !== "") return { text: next.value, done: false, thrown: null };
      }
    } catch (error) {
      const thrown = error ?? new Error("unknown failure");
      return { text: `${JSON.stringify(failure(thrown))}\n`, done: true, thrown };
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { text, done, thrown } = await nextText();
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (!done) return;
        controller.close();
        ended(thrown);
      },
      async cancel() {
        await iterator.return?.();
        ended(null);
      },
    },
    { highWaterMark: 1 },
  );
}

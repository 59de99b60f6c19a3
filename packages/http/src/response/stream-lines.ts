const CHUNK_CHARACTERS = 32_768;

/** Values as lines of NDJSON. */
export async function* lineTexts(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

/**
 * Texts of whole lines, made only as fast as the caller reads. When making one fails, the last line is what `failure`
 * gives, because the status has been sent already. `ended` is called once, with whatever was thrown or null.
 */
export function streamLines(
  texts: AsyncIterable<string>,
  failure: (thrown: unknown) => unknown,
  ended: (thrown: unknown) => void,
): ReadableStream<Uint8Array> {
  const iterator = texts[Symbol.asyncIterator]();
  const encoder = new TextEncoder();

  /** Makes lines until the chunk is full; what is made before a failure still goes out. */
  async function nextChunk(): Promise<{ text: string; done: boolean; thrown: unknown }> {
    let text = "";
    try {
      while (text.length < CHUNK_CHARACTERS) {
        const next = await iterator.next();
        if (next.done === true) return { text, done: true, thrown: null };
        text += next.value;
      }
      return { text, done: false, thrown: null };
    } catch (error) {
      const thrown = error ?? new Error("unknown failure");
      return { text: `${text}${JSON.stringify(failure(thrown))}\n`, done: true, thrown };
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { text, done, thrown } = await nextChunk();
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

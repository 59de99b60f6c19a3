/**
 * Texts of whole lines or events, made only as fast as the caller reads, each sent when it is made. When making one fails,
 * the last text is what `failure` gives, because the status has been sent already. `ended` is called once, with whatever was
 * thrown or null.
 */
export function streamTexts(
  texts: AsyncIterable<string>,
  failure: (thrown: unknown) => string,
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
      return { text: failure(thrown), done: true, thrown };
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

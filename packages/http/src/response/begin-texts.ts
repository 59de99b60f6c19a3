/**
 * Waits for the first of some texts: what fails before anything was said is answered with its own status, not as the last
 * line of an answer that began well. Rejects as the first text does.
 */
export async function beginTexts(texts: AsyncIterable<string>): Promise<AsyncIterable<string>> {
  const iterator = texts[Symbol.asyncIterator]();
  let first: IteratorResult<string> | null = await iterator.next();
  const rest: AsyncIterator<string> = {
    next() {
      if (first === null) return iterator.next();
      const begun = first;
      first = null;
      return Promise.resolve(begun);
    },
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
  };
  return { [Symbol.asyncIterator]: () => rest };
}

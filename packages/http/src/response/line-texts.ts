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

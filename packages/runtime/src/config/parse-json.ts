/** The JSON value of a text, or null when it is none: for files whose damage is judged by their schema. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

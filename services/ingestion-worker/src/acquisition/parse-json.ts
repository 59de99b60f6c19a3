const decoder = new TextDecoder("utf-8", { fatal: true });

/** The JSON value of UTF-8 bytes, or undefined when they are not well-formed. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

type Write = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** What the app needs of a logger; fields never hold personal data. */
export interface Logger {
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** What a client of PostgreSQL sends ("Message Formats"), as far as it says which statements a transaction runs. */
export class SentStatements {
  #rest: Buffer = Buffer.alloc(0);
  #isStarted = false;
  #applicationName = "";
  /** Prepared statements of the session, by name. */
  readonly #prepared = new Map<string, string>();
  #inTransaction: string[] = [];

  /** As the start-up message gives it. */
  get applicationName(): string {
    return this.#applicationName;
  }

  take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let message = this.#next(); message !== null; message = this.#next()) this.#read(message);
  }

  /** Whether the transaction under way, or the one that was last, has run a statement with this text in it. */
  hasRun(text: string): boolean {
    return this.#inTransaction.some((statement) => statement.includes(text));
  }

  /** One whole message: a letter (none in the first one), the length of what follows, itself included, and the rest. */
  #next(): { type: string; body: Buffer } | null {
    const head = this.#isStarted ? 1 : 0;
    if (this.#rest.length < head + 4) return null;
    const end = head + this.#rest.readInt32BE(head);
    if (this.#rest.length < end) return null;
    const message = { type: this.#rest.toString("latin1", 0, head), body: this.#rest.subarray(head + 4, end) };
    this.#rest = this.#rest.subarray(end);
    return message;
  }

  #read({ type, body }: { type: string; body: Buffer }): void {
    const [first = "", second = ""] = body.toString("utf8").split("\0", 2);
    if (!this.#isStarted) {
      this.#isStarted = true;
      const fields = body.subarray(4).toString("utf8").split("\0");
      this.#applicationName = fields[fields.indexOf("application_name") + 1] ?? "";
    } else if (type === "P") this.#prepared.set(first, second);
    else if (type === "B") this.#run(this.#prepared.get(second) ?? "");
    else if (type === "Q") this.#run(first);
  }

  #run(statement: string): void {
    if (/^begin\b/i.test(statement)) this.#inTransaction = [];
    this.#inTransaction.push(statement);
  }
}

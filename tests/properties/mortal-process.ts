import type { Sql } from "@xueshi/database";

/**
 * How a process ends: before its nth statement (inside a transaction too), right after its nth commit, or at its nth
 * request to a platform.
 */
export interface Death {
  readonly before: "statement" | "commit-is-known" | "answer";
  readonly nth: number;
}

class ProcessDied extends Error {
  constructor() {
    super("the process has died");
  }
}

/**
 * Lets a process be killed within this one: from the chosen moment on nothing that it does reaches the database or a
 * platform. A transaction that is open then is rolled back; what it holds in memory is forgotten by who starts the next.
 */
export class MortalProcess {
  readonly #death: Death | null;
  #steps = 0;
  #isDead = false;

  constructor(death: Death | null) {
    this.#death = death;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  sql(living: Sql): Sql {
    return new Proxy(living, {
      apply: (target, self, args) => {
        this.#step("statement");
        return Reflect.apply(target, self, args) as unknown;
      },
      get: (target, key) => (key === "begin" ? this.#beginOf(target) : Reflect.get(target, key)),
    });
  }

  fetch(living: typeof globalThis.fetch): typeof globalThis.fetch {
    return async (...args) => {
      this.#step("answer");
      const response = await living(...args);
      if (this.#isDead) throw new ProcessDied();
      return response;
    };
  }

  /** Runs what the process does; a death is no failure. Returns what came of it, or null. */
  async live<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const result = await work();
      return this.#isDead ? null : result;
    } catch (error) {
      if (this.#isDead) return null;
      throw error;
    }
  }

  #beginOf(living: Sql) {
    return async (run: (tx: Sql) => Promise<unknown>): Promise<unknown> => {
      this.#step("statement");
      const result = await living.begin((tx) => run(this.sql(tx as unknown as Sql)));
      this.#step("commit-is-known");
      return result;
    };
  }

  #step(kind: Death["before"]): void {
    if (this.#death?.before === kind) {
      this.#steps += 1;
      if (this.#steps >= this.#death.nth) this.#isDead = true;
    }
    if (this.#isDead) throw new ProcessDied();
  }
}

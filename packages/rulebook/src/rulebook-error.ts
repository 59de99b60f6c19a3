/** One thing wrong with a rule file, at the line where it stands (1-based). */
export interface RulebookProblem {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** A rule file that cannot be used, with every problem found in it. The message lists them as `path:line: message`. */
export class RulebookError extends Error {
  readonly code = "rulebook_invalid";
  readonly problems: readonly RulebookProblem[];

  constructor(problems: readonly RulebookProblem[]) {
    super(problems.map(({ path, line, message }) => `${path}:${line}: ${message}`).join("\n"));
    this.name = "RulebookError";
    this.problems = problems;
  }
}

import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryFolder {
  readonly path: string;
  /** A path below it. */
  at(...names: string[]): string;
  remove(): void;
}

/** A folder for one test file, which the account of the embedded PostgreSQL may enter. */
export function makeTemporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "xueshi-run-"));
  chmodSync(path, 0o711);
  return { path, at: (...names) => join(path, ...names), remove: () => rmSync(path, { recursive: true, force: true }) };
}

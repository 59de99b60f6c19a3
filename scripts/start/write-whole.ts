import { rename, writeFile } from "node:fs/promises";

/** Writes a file that only its owner reads, whole or not at all: a start that is killed leaves no half of one. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.draft`;
  await writeFile(draft, text, { mode: 0o600, flush: true });
  await rename(draft, file);
}

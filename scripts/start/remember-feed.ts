import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "./write-whole.ts";

/**
 * A data directory belongs to one feed: mixing two would answer for people who do not exist together. The same folder,
 * or another one with the same content, is the same feed.
 * @throws Error with advice when the data directory belongs to another feed
 */
export async function rememberFeed(dataDir: string, feedsDir: string): Promise<void> {
  const file = join(dataDir, "feed.json");
  const folder = await realpath(feedsDir).catch(() => {
    throw new Error(`There is no feeds directory ${feedsDir}.`);
  });
  const known = await readFile(file, "utf8").then(
    (text) => JSON.parse(text) as { folder: string; digest: string },
    () => null,
  );
  if (known?.folder === folder) return;
  const digest = await digestOf(folder);
  if (known === null) {
    await writeWhole(file, `${JSON.stringify({ folder, digest }, null, 2)}\n`);
    return;
  }
  if (known.digest === digest) return;
  throw new Error(
    `The data directory ${dataDir} holds the feed ${known.folder}; ${folder} is another one. Choose a new directory with XUESHI_DATA_DIR, or remove the old one.`,
  );
}

async function digestOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash("sha256");
  for (const file of files.toSorted()) {
    hash.update(`${file.slice(folder.length)}\0`);
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}

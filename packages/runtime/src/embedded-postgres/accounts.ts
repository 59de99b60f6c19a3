import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** A user of the system, by number. */
export type Account = { name: string; uid: number; gid: number };

const preferred = ["postgres", "nobody", "daemon"];

/**
 * The accounts a server may run under when we are root, best first: whoever the given paths and the folders above
 * them belong to (it stays their data), then `postgres`, `nobody`, `daemon`, then any other. Root is none of them,
 * nor is a number without a name, which initdb refuses.
 */
export async function findAccounts(paths: readonly string[], passwdPath = "/etc/passwd"): Promise<Account[]> {
  const text = await readFile(passwdPath, "utf8").catch(() => "");
  const accounts = text.split("\n").flatMap((line) => {
    const [name = "", , uid = "", gid = ""] = line.split(":");
    return Number(uid) > 0 && Number(gid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
  const owners = (await Promise.all(paths.map(ownersUpward))).flat();
  const ordered = [
    ...owners.flatMap((uid) => accounts.filter((account) => account.uid === uid)),
    ...preferred.flatMap((name) => accounts.filter((account) => account.name === name)),
    ...accounts,
  ];
  return [...new Set(ordered)];
}

async function ownersUpward(path: string): Promise<number[]> {
  const found = await stat(path).catch(() => null);
  const parent = dirname(path);
  return [...(found === null ? [] : [found.uid]), ...(parent === path ? [] : await ownersUpward(parent))];
}

/** True when the account may pass every folder from the root down to `path`, itself included. */
export async function canReach(path: string, account: Pick<Account, "uid" | "gid">): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const execute = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if ((mode & execute) === 0) return false;
  const parent = dirname(path);
  return parent === path ? true : await canReach(parent, account);
}

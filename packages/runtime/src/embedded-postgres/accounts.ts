import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** A user of the system, by number. */
export type Account = { name: string; uid: number; gid: number };

const preferred = ["postgres", "nobody", "daemon"];

/** The account an unprivileged server runs under: `postgres`, `nobody`, `daemon`, else any other; null: none. */
export async function findUnprivilegedAccount(passwdPath = "/etc/passwd"): Promise<Account | null> {
  const text = await readFile(passwdPath, "utf8").catch(() => "");
  const accounts = text.split("\n").flatMap((line) => {
    const [name = "", , uid = "", gid = ""] = line.split(":");
    return Number(uid) > 0 && Number(gid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
  const named = preferred.flatMap((name) => accounts.filter((account) => account.name === name));
  return named[0] ?? accounts[0] ?? null;
}

/** True when the account may pass every folder from the root down to `path`, itself included. */
export async function canReach(path: string, account: Account): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const execute = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if ((mode & execute) === 0) return false;
  const parent = dirname(path);
  return parent === path ? true : await canReach(parent, account);
}

import { randomBytes } from "node:crypto";
import { chmod, cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../logging/create-logger.ts";
import { RuntimeError } from "../runtime-error.ts";
import { type Account, canReach, findAccounts } from "./accounts.ts";
import type { Installation } from "./find-installation.ts";
import {
  accountLauncher,
  directLauncher,
  hasAccount,
  isRoot,
  type Launcher,
  type LauncherKind,
  namespaceLauncher,
} from "./launcher.ts";

/** Which programs run, how they run, and the absolute folder that holds the cluster. */
export type Placement = { installation: Installation; launcher: Launcher; storeDir: string };

export type PlacementQuestion = {
  installation: Installation;
  dataDir: string;
  /** Where an earlier start had to put the cluster, if not in `dataDir`. */
  storeDir: string | null;
  logger: Logger;
  /** Ways not to take, for tests of the others. */
  without?: readonly LauncherKind[];
  /** Where programs and data go when the server's account cannot reach them. */
  relocationDir?: string;
};

const standardRelocationDir = "/var/lib/xueshi";

/**
 * Decides how the server can run here. Not root: as ourselves. Root: as another account that reaches programs and
 * data; else in a user namespace (a clone below root's 0700 home); else from a copy in a place an account reaches.
 * @throws RuntimeError `embedded_postgres_no_account`: root, and no way to run as anyone else
 */
export async function choosePlacement(question: PlacementQuestion): Promise<Placement> {
  const { installation, dataDir, storeDir } = question;
  const accounts = await findAccounts([join(storeDir ?? dataDir, "cluster")]);
  const [account] = accounts;
  const here = { installation, storeDir: dataDir };
  if (!isRoot()) {
    const named = hasAccount() || account === undefined ? null : namespaceLauncher(account);
    return { ...here, launcher: named ?? directLauncher() };
  }
  if (account === undefined) throw noWay("/etc/passwd names no other account (useradd --system postgres makes one)");
  const inPlace = storeDir === null ? await launchInPlace(question, accounts) : null;
  return inPlace === null ? await relocate(question, account) : { ...here, launcher: inPlace };
}

async function launchInPlace(question: PlacementQuestion, accounts: readonly Account[]): Promise<Launcher | null> {
  const reaches = async (account: Pick<Account, "uid" | "gid">) =>
    (await canReach(question.installation.binDir, account)) && (await canReach(question.dataDir, account));
  const without = new Set(question.without);
  for (const account of without.has("other-account") ? [] : accounts) {
    const launcher = (await reaches(account)) ? accountLauncher(account) : null;
    if (launcher !== null) return launcher;
  }
  // In a namespace of its own root is an ordinary user, who enters no other's private folder.
  const [account] = accounts;
  const allowed = account !== undefined && !without.has("user-namespace") && (await reaches({ uid: 0, gid: 0 }));
  return allowed ? namespaceLauncher(account) : null;
}

function noWay(reason: string): RuntimeError {
  return new RuntimeError(
    "embedded_postgres_no_account",
    `PostgreSQL does not run as root, and ${reason}. Start as another user, or set DATABASE_URL to a PostgreSQL 15 or newer.`,
  );
}

async function relocate(question: PlacementQuestion, account: Account): Promise<Placement> {
  const { logger, relocationDir = standardRelocationDir } = question;
  const launcher = accountLauncher(account);
  if (launcher === null) throw noWay("the system lets it become no other account");
  await mkdir(relocationDir, { recursive: true });
  await chmod(relocationDir, 0o755);
  const installation = (await canReach(question.installation.binDir, account))
    ? question.installation
    : await copyInstallation(question.installation, relocationDir);
  const storeDir = question.storeDir ?? join(relocationDir, `data-${randomBytes(6).toString("hex")}`);
  await mkdir(storeDir, { recursive: true });
  await chmod(storeDir, 0o755);
  if (!(await canReach(installation.binDir, account)) || !(await canReach(storeDir, account))) {
    throw noWay(`the account ${account.name} cannot enter ${relocationDir}`);
  }
  logger.warn("the embedded PostgreSQL keeps its data outside the data directory, which its account cannot enter", {
    account: account.name,
    dataDir: question.dataDir,
    storeDir,
    binDir: installation.binDir,
  });
  return { installation, launcher, storeDir };
}

async function copyInstallation(installation: Installation, relocationDir: string): Promise<Installation> {
  if (installation.copyableRoot === null) throw noWay(`its account cannot enter ${installation.binDir}`);
  const target = join(relocationDir, `postgres-${installation.version}-${process.arch}`);
  const complete = await stat(target).catch(() => null);
  if (complete === null) {
    const draft = `${target}.${randomBytes(6).toString("hex")}`;
    const filter = (path: string) => !path.endsWith(".a");
    await cp(installation.copyableRoot, draft, { recursive: true, verbatimSymlinks: true, filter });
    await openToAll(draft);
    // Renamed when whole; where another start was quicker, its copy is the same.
    await rename(draft, target).catch(() => rm(draft, { recursive: true }));
  }
  return { ...installation, binDir: join(target, "bin"), copyableRoot: target };
}

/** The programs hold no secret, and a strict umask must not keep the server's account from them. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

import { randomBytes } from "node:crypto";
import { cp, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../logging/create-logger.ts";
import { RuntimeError } from "../runtime-error.ts";
import { type Account, canReach, findUnprivilegedAccount } from "./accounts.ts";
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
 * Decides how the server can run here. Not root: as ourselves. Root: as another account when it reaches programs and
 * data; else in a user namespace (a clone below a 0700 home); else from a copy in a place the account reaches.
 * @throws RuntimeError `embedded_postgres_no_account`: root, and no way to run as anyone else
 */
export async function choosePlacement(question: PlacementQuestion): Promise<Placement> {
  const { installation, dataDir } = question;
  const inPlace = { installation, storeDir: dataDir };
  const account = await findUnprivilegedAccount();
  if (!isRoot()) {
    const named = hasAccount() || account === null ? null : namespaceLauncher(account);
    return { ...inPlace, launcher: named ?? directLauncher() };
  }
  if (account === null) throw noWay("there is no other account in /etc/passwd (useradd --system postgres makes one)");
  const without = new Set(question.without);
  const asAccount = without.has("other-account") ? null : accountLauncher(account);
  const reachable = (await canReach(installation.binDir, account)) && (await canReach(dataDir, account));
  if (question.storeDir === null) {
    if (asAccount !== null && reachable) return { ...inPlace, launcher: asAccount };
    const inNamespace = without.has("user-namespace") ? null : namespaceLauncher(account);
    if (inNamespace !== null) return { ...inPlace, launcher: inNamespace };
  }
  if (asAccount === null) throw noWay("the system lets it become no other account");
  return await relocate(question, account, asAccount);
}

function noWay(reason: string): RuntimeError {
  return new RuntimeError(
    "embedded_postgres_no_account",
    `PostgreSQL does not run as root, and ${reason}. Start as another user, or set DATABASE_URL to a PostgreSQL 15 or newer.`,
  );
}

async function relocate(question: PlacementQuestion, account: Account, launcher: Launcher): Promise<Placement> {
  const { logger, relocationDir = standardRelocationDir } = question;
  await mkdir(relocationDir, { recursive: true, mode: 0o755 });
  const installation = (await canReach(question.installation.binDir, account))
    ? question.installation
    : await copyInstallation(question.installation, relocationDir);
  const storeDir = question.storeDir ?? join(relocationDir, `data-${randomBytes(6).toString("hex")}`);
  await mkdir(storeDir, { recursive: true, mode: 0o755 });
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
    // Renamed when whole; where another start was quicker, its copy is the same.
    await rename(draft, target).catch(() => rm(draft, { recursive: true }));
  }
  return { ...installation, binDir: join(target, "bin"), copyableRoot: target };
}

import { type SpawnOptions, spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { deathSignalPrefix } from "../processes/death-signal.ts";
import type { Account } from "./accounts.ts";

/**
 * How the server's programs are run, for PostgreSQL refuses to run as root:
 * `direct` as ourselves; `other-account` as another user; `user-namespace` as ourselves, but under another number
 * (user_namespaces(7)), which works below a folder that no other user may enter.
 */
export type LauncherKind = "direct" | "other-account" | "user-namespace";

export type Launcher = {
  kind: LauncherKind;
  /** Who must own the server's files, as numbered outside; null: they are ours as they are made. */
  owner: { uid: number; gid: number } | null;
  /**
   * What to spawn for a program. Its working directory is the cluster, by which a process left behind is found;
   * `deathSignal` reaches it when this process dies without stopping it.
   */
  command(program: string, args: readonly string[], cwd: string, deathSignal: "INT" | "KILL"): LaunchCommand;
};

export type LaunchCommand = { file: string; args: string[]; options: SpawnOptions };

function baseOptions(): SpawnOptions {
  // PG… variables of the caller would change what the server does, so it gets none of the environment.
  return { env: { PATH: process.env.PATH ?? "/usr/bin:/bin", LANG: "C", TZ: "UTC" } };
}

/** Runs programs as ourselves. */
export function directLauncher(): Launcher {
  return plainLauncher(null);
}

function plainLauncher(account: Account | null): Launcher {
  const owner = account === null ? null : { uid: account.uid, gid: account.gid };
  return {
    kind: account === null ? "direct" : "other-account",
    owner,
    command: (program, args, cwd, deathSignal) => {
      const [file = program, ...rest] = [...deathSignalPrefix(deathSignal), program, ...args];
      return { file, args: rest, options: { ...baseOptions(), ...owner, cwd } };
    },
  };
}

/** Runs programs as another account, or null where even root may not become that (a container without the right). */
export function accountLauncher(account: Account): Launcher | null {
  const options: SpawnOptions = { ...baseOptions(), uid: account.uid, gid: account.gid, stdio: "ignore" };
  return spawnSync("true", [], options).status === 0 ? plainLauncher(account) : null;
}

/** Runs programs as ourselves in a user namespace where we are `account`, or null where the system refuses that. */
export function namespaceLauncher(account: Account): Launcher | null {
  const prefix = ["--user", `--map-user=${account.uid}`, `--map-group=${account.gid}`, "--"];
  const tried = spawnSync("unshare", [...prefix, "true"], { ...baseOptions(), stdio: "ignore" });
  if (tried.status !== 0) return null;
  return {
    kind: "user-namespace",
    owner: isRoot() ? { uid: 0, gid: process.getgid?.() ?? 0 } : null,
    command: (program, args, cwd, deathSignal) => ({
      file: "unshare",
      args: [...prefix, ...deathSignalPrefix(deathSignal), program, ...args],
      options: { ...baseOptions(), cwd },
    }),
  };
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** True when the system knows a name for our number; initdb refuses to work without one. */
export function hasAccount(): boolean {
  try {
    return userInfo().uid >= 0;
  } catch {
    return false;
  }
}

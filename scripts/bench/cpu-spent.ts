import { cpuSecondsOf, treeCpuSecondsOf } from "./process-usage.ts";
import type { Stack } from "./start-stack.ts";

/** CPU seconds by process name. */
export type CpuSeconds = Readonly<Record<string, number>>;

/** Starts counting; the function returned tells what each process of the stack has used since. */
export function countCpu(stack: Stack, processes: Readonly<Record<string, number>> = {}): () => CpuSeconds {
  const read = (): Record<string, number> => ({
    ...Object.fromEntries(Object.entries(stack.services).map(([name, { pid }]) => [name, cpuSecondsOf(pid)])),
    platforms: cpuSecondsOf(stack.platforms.pid),
    postgres: treeCpuSecondsOf(stack.postgres.pid),
    ...Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, cpuSecondsOf(pid)])),
  });
  const before = read();
  return () =>
    Object.fromEntries(Object.entries(read()).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]));
}

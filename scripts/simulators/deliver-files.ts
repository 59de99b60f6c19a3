import type { FileCounters } from "./counters.ts";
import { drawFileFault, FILE_FAULT_KINDS } from "./file-faults.ts";
import type { MisbehaviourSettings } from "./misbehaviour.ts";
import type { NaturalResourcesDrop } from "./zj-natural-resources.ts";

/** Brings each file that is there whole, or as the fault that is drawn for it leaves it; null settings: all whole. */
export async function deliverFiles(
  drop: NaturalResourcesDrop,
  settings: MisbehaviourSettings | null,
  counters: FileCounters,
): Promise<void> {
  const { seed = 0, rates = {} } = settings ?? {};
  const isDrawn = FILE_FAULT_KINDS.some((kind) => (rates[kind] ?? 0) > 0);
  // The feed's own folder is never touched: there is nothing in it that could be broken or mended.
  if (!isDrawn && !drop.isWritable) return;
  counters.deliveries += 1;
  for (const file of await drop.arrived()) {
    const fault = drawFileFault(seed, rates, file, counters.deliveries);
    if (fault === null) {
      await drop.deliver(file);
      continue;
    }
    await drop.misdeliver(file, fault.kind, fault.salt);
    counters.faultsPlaced[fault.kind] = (counters.faultsPlaced[fault.kind] ?? 0) + 1;
  }
}

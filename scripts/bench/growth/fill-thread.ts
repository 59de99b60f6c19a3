import { parentPort, workerData } from "node:worker_threads";
import { fillShare } from "./fill-share.ts";
import type { FillShare } from "./growth-shape.ts";

// The program of a worker thread: fills its share, and says after each posting how many entries it had.
await fillShare(workerData as FillShare, (entries) => parentPort?.postMessage(entries));

export type { PlatformCounters, SimulatorCounters } from "./counters.ts";
export type { Fault, FaultKind, HttpPlatform, SimulatedRoute } from "./faults.ts";
export type { PageListener } from "./serve-platform.ts";
export { formatShanghaiTime, parseShanghaiTime } from "./shanghai-time.ts";
export type { RowTouch, SimulatorOptions, SimulatorSecrets, Simulators } from "./start-simulators.ts";
export { simulatorSecrets, startSimulators } from "./start-simulators.ts";
export type { DropOptions, ExportRow, NaturalResourcesDrop } from "./zj-natural-resources.ts";
export { exportColumns } from "./zj-natural-resources.ts";

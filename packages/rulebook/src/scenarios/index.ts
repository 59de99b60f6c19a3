export { brokenPromises, describeVerdict, expectedOf } from "./compare-verdict.ts";
export { decideScenario } from "./decide-scenario.ts";
export { readScenarioFiles, type Scenario, type ScenarioFile } from "./scenario-file.ts";

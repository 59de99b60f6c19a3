import { HELP, readFlags } from "./read-flags.ts";
import { serveControl } from "./serve-control.ts";
import { startSimulators } from "./start-simulators.ts";

async function main(): Promise<void> {
  const { options, misbehaviour, controlPort, help, exitWithStdin } = readFlags(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const simulators = await startSimulators(options);
  if (misbehaviour !== null) await simulators.misbehave(misbehaviour);
  const control = controlPort === null ? null : await serveControl(simulators, controlPort);
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await Promise.all([simulators.close(), control?.close()]);
    const { user, system } = process.cpuUsage();
    const cpuMs = Math.round((user + system) / 1_000);
    process.stdout.write(`${JSON.stringify({ stopped: true, counters: simulators.counters, cpuMs })}\n`);
    if (exitWithStdin) process.stdin.destroy();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());
  // A reader that is gone must not turn an orderly stop into a crash.
  process.stdout.on("error", () => void stop());
  if (exitWithStdin) {
    process.stdin.on("end", () => void stop());
    process.stdin.on("error", () => void stop());
    process.stdin.resume();
  }
  const ready = {
    ready: true,
    quzhouCity: { url: simulators.quzhouCity.url, rows: simulators.quzhouCity.rowCount() },
    zjIndustry: { url: simulators.zjIndustry.url, rows: simulators.zjIndustry.rowCount() },
    zjNaturalResources: { directory: simulators.zjNaturalResources.directory },
    ...(control === null ? {} : { control: { url: control.url } }),
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
  process.exitCode = 2;
});

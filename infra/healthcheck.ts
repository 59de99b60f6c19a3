// Run inside a container: exits 0 when its service answers. A service that is alive but waits for its database is healthy.
const service = process.env.SERVICE ?? "";
const standardPorts: Readonly<Record<string, number>> = {
  "query-api": 8081,
  "ingestion-worker": 8082,
  "ledger-service": 8083,
};
const variable = `${service.toUpperCase().replaceAll("-", "_")}_PORT`;
const port = process.env[variable] ?? standardPorts[service];
const isAlive = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(3_000) }).then(
  (response) => response.ok,
  () => false,
);
process.exitCode = isAlive ? 0 : 1;

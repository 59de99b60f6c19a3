type Flags = Readonly<Record<string, string>>;

/*
 * Chosen for a development machine. fsync and synchronous_commit stay on: an acknowledged record is durable.
 * Messages of level ERROR and their details quote what was stored, and log_min_messages = log leaves them out.
 */
const always: Flags = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
  log_statement: "none",
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_min_duration_statement: "-1",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  log_error_verbosity: "terse",
};

// Pages in the log are not compressed: these binaries have only pglz, which took a fifth of the server's work on a batch and
// made the log a quarter smaller.
const kept: Flags = {
  shared_buffers: "256MB",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  max_wal_size: "4GB",
  checkpoint_timeout: "15min",
};

const thrownAway: Flags = {
  shared_buffers: "128MB",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_wal_size: "4GB",
  checkpoint_timeout: "15min",
};

/** The server's command line settings; `ephemeral` gives up durability for data that is thrown away. */
export function serverFlags(port: number, ephemeral: boolean): string[] {
  const flags = { ...always, ...(ephemeral ? thrownAway : kept), port: String(port) };
  return Object.entries(flags).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

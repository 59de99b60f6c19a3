import type { Clock } from "../time/clock.ts";
import { mayHoldResidentId, redactValue } from "./redact.ts";
import { toPlain } from "./to-plain.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFields = Readonly<Record<string, unknown>>;

export type Logger = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same logger with `fields` on every line. */
  child(fields: LogFields): Logger;
};

export type LoggerOptions = {
  /** Who writes: a service's or a script's name. */
  service: string;
  /** The least level that is written; `info` when absent. */
  level?: LogLevel;
  clock: Clock;
  /** Takes one whole line with its newline; standard error when absent. */
  write?: (line: string) => void;
};

/**
 * A logger of one JSON object a line: level, time (ISO 8601, UTC), service, message, then the fields.
 * Whatever looks like a resident id number is written as `***`, wherever in the line it stands; names cannot be
 * recognised, so callers never pass them.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { clock, service, level = "info" } = options;
  const write = options.write ?? ((line: string) => process.stderr.write(line));
  const rankMin = logLevels.indexOf(level);

  function withFields(bound: LogFields): Logger {
    const at = (rank: number) => {
      const name = logLevels[rank];
      return (message: string, fields?: LogFields): void => {
        if (rank < rankMin) return;
        const fixed = { level: name, time: new Date(clock()).toISOString(), service, message };
        // Spread twice: the fixed fields come first in the line, and no field of a caller replaces them.
        write(`${toLine({ ...fixed, ...bound, ...fields, ...fixed })}\n`);
      };
    };
    return {
      debug: at(0),
      info: at(1),
      warn: at(2),
      error: at(3),
      child: (fields) => withFields({ ...bound, ...fields }),
    };
  }
  return withFields({});
}

function toLine(entry: LogFields): string {
  const plain = toPlain(entry);
  const line = JSON.stringify(plain);
  return mayHoldResidentId(line) ? JSON.stringify(redactValue(plain)) : line;
}

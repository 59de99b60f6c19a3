/** The machine's wall clock: milliseconds since the epoch. The one place where ambient time is read. */
export function systemClock(): number {
  return Date.now();
}

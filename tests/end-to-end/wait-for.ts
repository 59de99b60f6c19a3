/**
 * Looks again and again until `look` gives something other than null, false or undefined, and returns that.
 * @throws Error naming what was awaited after `msMax` milliseconds
 */
export async function waitFor<Found>(
  what: string,
  look: () => Found | Promise<Found>,
  msMax = 60_000,
  pauseMs = 20,
): Promise<Exclude<Found, null | false | undefined>> {
  const startedAtMs = performance.now();
  for (;;) {
    const found = await look();
    if (found !== null && found !== false && found !== undefined) {
      return found as Exclude<Found, null | false | undefined>;
    }
    if (performance.now() - startedAtMs > msMax) throw new Error(`Waited ${msMax / 1_000} s in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** One entry as the feed places it. */
export interface PlacedEntry {
  readonly position: number;
  readonly practitionerId: string;
  readonly sequence: number;
}

/** What one reader was given, page after page, from where the one before ended. */
export type FeedPages = readonly {
  readonly from: number;
  readonly next: number;
  readonly entries: readonly PlacedEntry[];
}[];

/**
 * What is wrong with a feed that readers followed while others wrote: positions that are missing or come twice, an entry
 * that stands elsewhere for another reader or at the end, or whose place goes back in its chain, entries that are not there.
 * @param chains how many entries each chain has at the end
 */
export function checkFeed(
  readers: readonly FeedPages[],
  final: FeedPages,
  chains: ReadonlyMap<string, number>,
): string[] {
  const wrong: string[] = [];
  const whole = flatten(final, "the end", wrong);
  const sequences = new Map<string, number>();
  for (const { practitionerId, sequence, position } of whole) {
    const expected = (sequences.get(practitionerId) ?? 0) + 1;
    if (sequence !== expected)
      wrong.push(`position ${position}: sequence ${sequence} of ${practitionerId}, not ${expected}`);
    sequences.set(practitionerId, sequence);
  }
  for (const [practitionerId, length] of chains) {
    const placed = sequences.get(practitionerId) ?? 0;
    if (placed !== length) wrong.push(`${placed} of ${length} entries of ${practitionerId} are placed`);
  }
  for (const [nth, pages] of readers.entries()) {
    for (const entry of flatten(pages, `reader ${nth}`, wrong)) {
      const there = whole[entry.position];
      if (there?.practitionerId !== entry.practitionerId || there.sequence !== entry.sequence) {
        wrong.push(`reader ${nth} was given another entry at ${entry.position}`);
      }
    }
  }
  return wrong;
}

function flatten(pages: FeedPages, who: string, wrong: string[]): PlacedEntry[] {
  const entries: PlacedEntry[] = [];
  for (const page of pages) {
    if (page.from !== entries.length) wrong.push(`${who} went on at ${page.from}, not at ${entries.length}`);
    for (const entry of page.entries) {
      if (entry.position !== entries.length) wrong.push(`${who} was given ${entry.position} for ${entries.length}`);
      entries.push(entry);
    }
    if (page.next !== entries.length) wrong.push(`${who} was sent on to ${page.next}, not to ${entries.length}`);
  }
  return entries;
}

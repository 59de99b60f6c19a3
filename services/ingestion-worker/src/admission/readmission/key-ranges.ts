/** Records by key, from one to another, both inclusive. */
export interface KeyRange {
  readonly fromKey: string;
  readonly untilKey: string;
}

const PREFIXES = 2 ** 32;

/** The records in so many parts of about one size, in order: keys are digests, so they lie evenly. */
export function keyRanges(parts: number): KeyRange[] {
  const prefix = (part: number) => Math.floor((part * PREFIXES) / parts);
  const hex = (value: number) => value.toString(16).padStart(8, "0");
  return Array.from({ length: parts }, (_, part) => ({
    fromKey: `${hex(prefix(part))}-0000-0000-0000-000000000000`,
    untilKey: `${hex(prefix(part + 1) - 1)}-ffff-ffff-ffff-ffffffffffff`,
  }));
}

export function isInRange({ fromKey, untilKey }: KeyRange, recordKey: string): boolean {
  return recordKey >= fromKey && recordKey <= untilKey;
}

/** How much of a range lies before a key, from 0 to 1. */
export function shareBefore({ fromKey, untilKey }: KeyRange, recordKey: string): number {
  const place = (key: string) => Number.parseInt(key.slice(0, 8), 16);
  return (place(recordKey) - place(fromKey)) / (place(untilKey) - place(fromKey) + 1);
}

import { compareText } from "@xueshi/domain";

/** Rows of two streams that have one key, in order of the keys. */
export interface Meeting<Left, Right> {
  readonly key: string;
  readonly left: readonly Left[];
  readonly right: readonly Right[];
}

/** Lays two streams that are in order of one key side by side, so that what lacks its other side is seen. */
export async function* mergeRows<Left, Right>(
  left: AsyncIterable<readonly Left[]>,
  leftKey: (row: Left) => string,
  right: AsyncIterable<readonly Right[]>,
  rightKey: (row: Right) => string,
): AsyncGenerator<Meeting<Left, Right>> {
  const [lefts, rights] = [groupsOf(left, leftKey), groupsOf(right, rightKey)];
  let [one, other] = [await lefts.next(), await rights.next()];
  while (one.done !== true || other.done !== true) {
    const key = leastKey(one.done === true ? null : one.value.key, other.done === true ? null : other.value.key);
    const meeting = { key, left: [] as readonly Left[], right: [] as readonly Right[] };
    if (one.done !== true && one.value.key === key) {
      meeting.left = one.value.rows;
      one = await lefts.next();
    }
    if (other.done !== true && other.value.key === key) {
      meeting.right = other.value.rows;
      other = await rights.next();
    }
    yield meeting;
  }
}

function leastKey(left: string | null, right: string | null): string {
  if (left === null || right === null) return left ?? right ?? "";
  return compareText(left, right) < 0 ? left : right;
}

async function* groupsOf<Row>(
  batches: AsyncIterable<readonly Row[]>,
  keyOf: (row: Row) => string,
): AsyncGenerator<{ readonly key: string; readonly rows: readonly Row[] }> {
  let [key, rows]: [string, Row[]] = ["", []];
  for await (const batch of batches) {
    for (const row of batch) {
      const next = keyOf(row);
      if (rows.length > 0 && next !== key) {
        yield { key, rows };
        rows = [];
      }
      key = next;
      rows.push(row);
    }
  }
  if (rows.length > 0) yield { key, rows };
}

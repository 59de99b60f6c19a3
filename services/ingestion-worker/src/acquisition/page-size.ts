/** More answers in a row that are shorter than asked mean a broken platform, not a limit of its pages. */
const SHORT_IN_A_ROW_MAX = 4;
/** After so many whole pages of a smaller size the configured one is tried again. */
const PAGES_BEFORE_GROWTH = 50;

/**
 * How many rows to ask for. A page that is shorter than it should be is never taken: it may be the *last* rows of the
 * page. It is asked for again at the size that came; whole at that size, it can hide nothing. A platform that twice
 * answers the same smaller number has a limit, and is asked for that number from then on.
 */
export class PageSize {
  readonly #rowsMax: number;
  #rows: number;
  #rowsShortLast: number | null = null;
  #shortInARow = 0;
  #pagesUntilGrowth = 0;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
    this.#rows = rowsMax;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Call only where pages need not be equally long: at the start of a new position. */
  grow(): void {
    if (this.#pagesUntilGrowth === 0) this.#rows = this.#rowsMax;
    else this.#pagesUntilGrowth -= 1;
  }

  /** The answer had another number of rows than it should. False: enough of it, give up. */
  resize(rows: number): boolean {
    if (rows === this.#rowsShortLast) this.#pagesUntilGrowth = PAGES_BEFORE_GROWTH;
    this.#rowsShortLast = rows;
    this.#shortInARow += 1;
    this.#rows = Math.max(1, rows);
    return this.#shortInARow <= SHORT_IN_A_ROW_MAX;
  }

  /** The answer had the rows it should have. */
  accept(): void {
    this.#shortInARow = 0;
  }
}

/** Milliseconds since 1970-01-01T00:00:00Z. Passed as an argument wherever time matters. */
export type Clock = () => number;

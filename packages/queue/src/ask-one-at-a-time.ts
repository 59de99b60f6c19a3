interface Querying {
  query(text: string): Promise<unknown>;
}

/**
 * Makes a client ask the next question only when the one before is answered. The workers of a process share one LISTEN
 * client, and BullMQ has each of them listen as it begins, all at once: the driver still keeps such questions in a queue of
 * its own, but says so with a DeprecationWarning, and will refuse them (pg 9).
 */
export function askOneAtATime(client: Querying): void {
  const query = client.query.bind(client);
  let last: Promise<unknown> = Promise.resolve();
  client.query = (text) => {
    const next = () => query(text);
    last = last.then(next, next);
    return last;
  };
}

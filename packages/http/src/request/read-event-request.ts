/**
 * Whether a caller asks for a stream of events, and after which one: `Accept` names `text/event-stream`, and
 * `Last-Event-ID` is what a client that lost its connection sends by itself.
 */
export function readEventRequest(
  headerOf: (name: string) => string | undefined,
): { readonly lastEventId: string | null } | null {
  const accepted = (headerOf("accept") ?? "").split(",").map((type) => type.split(";")[0]?.trim().toLowerCase());
  if (!accepted.includes("text/event-stream")) return null;
  const lastEventId = headerOf("last-event-id") ?? "";
  return { lastEventId: lastEventId === "" ? null : lastEventId };
}

import type { PullContext } from "./pull-context.ts";
import type { PullReason } from "./pull-event.ts";
import type { OutgoingRequest } from "./send-request.ts";

export type Authorised =
  | { readonly kind: "headers"; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: "fault"; readonly reason: PullReason };

/** What of a request a signature may cover. */
export type AuthorisedRequest = Pick<OutgoingRequest, "method" | "url" | "body">;

/** How a session proves to a platform who asks. */
export interface Authoriser {
  /** The headers for a request; may log in first. */
  readonly authorise: (request: AuthorisedRequest, context: PullContext) => Promise<Authorised>;
  /**
   * The platform refused the last headers.
   * @param refusals how often it has refused this request, from 1
   * @returns why, or null when the request is worth sending again at once
   */
  readonly refused: (responseHeaders: Headers, refusals: number, context: PullContext) => PullReason | null;
}

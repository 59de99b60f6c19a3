import type { Authoriser } from "./authorise.ts";
import type { PullContext } from "./pull-context.ts";
import type { PullReason } from "./pull-event.ts";

/** A platform's answer to a login: a token, or why there is none. */
export type Issued =
  | {
      readonly kind: "token";
      readonly value: string;
      /** By the platform's word; 0 or not a number: it does not say. */
      readonly lifeMs: number;
    }
  | { readonly kind: "fault"; readonly reason: PullReason };

interface Token {
  readonly value: string;
  readonly renewAtMs: number;
}

/** True for what can be sent in a header as it is. */
export function isHeaderToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]{1,8192}$/.test(value);
}

/**
 * Keeps a token between requests. It is renewed before its life ends by the clock, and at once when the platform says
 * that it is gone; a second refusal, right after that new login, means `login_refused`.
 * @param renewBeforeMs how long before the end of its life, at most half of it
 */
export function keepToken(
  issue: (context: PullContext) => Promise<Issued>,
  headersOf: (token: string) => Readonly<Record<string, string>>,
  renewBeforeMs: number,
): Authoriser {
  let token: Token | null = null;
  return {
    async authorise(_request, context) {
      if (token === null || context.clock() >= token.renewAtMs) {
        const askedAtMs = context.clock();
        const issued = await issue(context);
        if (issued.kind === "fault") return issued;
        const { value, lifeMs } = issued;
        const keptMs = lifeMs > 0 ? lifeMs - Math.min(renewBeforeMs, lifeMs / 2) : Number.POSITIVE_INFINITY;
        token = { value, renewAtMs: askedAtMs + keptMs };
      }
      return { kind: "headers", headers: headersOf(token.value) };
    },
    refused(_responseHeaders, refusals) {
      token = null;
      return refusals === 1 ? null : "login_refused";
    },
  };
}

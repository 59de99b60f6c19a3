import { readActivationKeys, readActivationsAt, type Sql } from "@xueshi/database";
import type { ActivatedRuleSet, RuleSet } from "@xueshi/domain";
import { parseRuleSet } from "@xueshi/rulebook";
import { sha256Hex } from "@xueshi/vault";

/** Rule sets by the digests of their texts, which are parsed once: a text never changes under its digest. */
export class RuleTexts {
  readonly #byDigest = new Map<string, RuleSet>();

  /** The rule set of a text, or null when this version cannot read it. */
  parse(text: string, ruleSetId: string): RuleSet | null {
    const digest = sha256Hex(text);
    const known = this.#byDigest.get(digest);
    if (known !== undefined) return known;
    try {
      const ruleSet = parseRuleSet(text, ruleSetId);
      this.#byDigest.set(digest, ruleSet);
      return ruleSet;
    } catch {
      return null;
    }
  }

  /** Every activation there is, oldest first; a text that was altered, or cannot be read, is left out. */
  async readAll(sql: Sql): Promise<ActivatedRuleSet[]> {
    const keys = await readActivationKeys(sql);
    const unknown = keys.filter(({ digest }) => !this.#byDigest.has(digest));
    for (const { fullText, ruleSetId } of await readActivationsAt(sql, unknown)) this.parse(fullText, ruleSetId);
    return keys.flatMap(({ digest, activatedAtMs }) => {
      const ruleSet = this.#byDigest.get(digest);
      return ruleSet === undefined ? [] : [{ ruleSet, digest, activatedAtMs }];
    });
  }
}

import { parseArgs, type styleText } from "node:util";
import type { Language, Text } from "@xueshi/contracts";

/** What was typed cannot be done as it stands; the text says what to type instead. */
export class WrongUsage extends Error {
  readonly text: Text;

  constructor(zh: string, en: string) {
    super(en);
    this.name = "WrongUsage";
    this.text = { "zh-CN": zh, en };
  }
}

export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** What a verb is given besides its arguments. */
export interface VerbContext {
  readonly language: Language;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  print(line: string): void;
  /** To the other stream: what is not the answer itself. */
  warn(line: string): void;
  readonly paint: Paint;
}

/** 0: fine; 1: there are findings. Wrong usage is thrown. */
export type ExitCode = 0 | 1;

/** A verb that is loaded when it is asked for: no other should wait for what one of them brings with it. */
export interface ListedVerb {
  readonly name: string;
  readonly load: () => Promise<Verb>;
}

export interface Verb {
  readonly summary: Text;
  /** Usage, flags and an example. */
  readonly help: Text;
  run(args: readonly string[], context: VerbContext): ExitCode | Promise<ExitCode>;
}

/** Flags that every verb takes; `--help` is answered before a verb runs. */
export const EVERY_VERB = { lang: { type: "string" }, help: { type: "boolean" } } as const;

/** Chinese unless English is asked for: it is the default of the product, whatever LANG says. */
export function readLanguage(args: readonly string[]): Language {
  const { values } = parseArgs({ args: [...args], options: EVERY_VERB, strict: false, allowPositionals: true });
  if (values.lang === undefined || values.lang === "zh" || values.lang === "zh-CN") return "zh-CN";
  if (values.lang === "en") return "en";
  throw new WrongUsage("--lang 只能是 zh 或 en。", "--lang is zh or en.");
}

/** The text of the language that is in use. */
export function say({ language }: Pick<VerbContext, "language">, zh: string, en: string): string {
  return language === "en" ? en : zh;
}

/** A flag or argument that has a few values; anything else is refused with their list. */
export function oneOf<Value extends string>(name: string, given: string, allowed: readonly Value[]): Value {
  const found = allowed.find((value) => value === given);
  if (found !== undefined) return found;
  const list = allowed.join(", ");
  throw new WrongUsage(
    `${name} 不能是“${given}”，可以是：${list}。`,
    `${name} cannot be "${given}"; it is one of: ${list}.`,
  );
}

export function readYear(name: string, given: string): number {
  const year = /^\d{4}$/.test(given) ? Number(given) : 0;
  if (year >= 1990 && year <= 2100) return year;
  throw new WrongUsage(`${name} 须为 1990 至 2100 的年份。`, `${name} is a year from 1990 to 2100.`);
}

import type { Credentials } from "../../start/prepare-database.ts";
import { BENCH_NAME, type BenchPerson, makePerson } from "../ledger/bench-people.ts";
import type { BenchPostgres } from "../ledger/start-postgres.ts";
import type { FilledLedger } from "./open-ledgers.ts";

/** What is asked of each ledger, in the order of a pair. */
export const GROWTH_QUESTIONS = ["check", "entries", "feed"] as const;
export type GrowthQuestion = (typeof GROWTH_QUESTIONS)[number];

/** People of one run at most: nearly everybody of the small ledger. */
const REQUESTS_PER_RUN = 4_500;
/** Shares no factor with a number of people that it is smaller than: a prime. */
const STRIDE = 7_919;
const FEED_PAGE = 100;
/** The row of the rules for which most people of 衢州 ask. */
const DECLARATION = {
  ...{ place: "quzhou", year: 2020, kind: "review", level: "intermediate" },
  ...{ series: "economics", education: "bachelor" },
};

/** Goes through a ledger's people by strides, so that nobody is asked about twice before everybody was. */
export class PeopleInTurn {
  readonly #server: BenchPostgres;
  readonly #people: number;
  #next = 0;

  constructor(server: BenchPostgres, { people }: FilledLedger) {
    this.#server = server;
    this.#people = people;
  }

  take(count: number): BenchPerson[] {
    return Array.from({ length: Math.min(count, this.#people) }, () => {
      this.#next += 1;
      return makePerson((this.#next * STRIDE) % this.#people, this.#server.vault);
    });
  }
}

/** Whole HTTP/1.1 requests for one run. */
export function requestsOf(
  question: GrowthQuestion,
  people: PeopleInTurn,
  ledger: Pick<FilledLedger, "entries" | "credentials">,
): string[] {
  const { declarationSystem, operator } = ledger.credentials;
  switch (question) {
    case "check":
      return people.take(REQUESTS_PER_RUN).map((person) => checkRequest(person, declarationSystem));
    case "entries":
      return people
        .take(REQUESTS_PER_RUN)
        .map(({ practitionerId }) => getRequest(`/v1/practitioners/${practitionerId}/entries`, declarationSystem));
    case "feed": {
      const middle = Math.floor(ledger.entries / 2);
      return Array.from({ length: 100 }, (_, page) =>
        getRequest(`/v1/feed?from=${middle + page * FEED_PAGE}&limit=${FEED_PAGE}`, operator),
      );
    }
  }
}

/** What a check asks about a person. */
export function checkBody({ idNumber }: BenchPerson): string {
  return JSON.stringify({
    practitioner: { idType: "resident-id", idNumber, name: BENCH_NAME },
    declaration: DECLARATION,
  });
}

type Key = Credentials["operator"];

function checkRequest(person: BenchPerson, { apiKey }: Key): string {
  const body = checkBody(person);
  const head = [
    ...["POST /v1/checks HTTP/1.1", "Host: 127.0.0.1", `Authorization: Bearer ${apiKey}`],
    ...["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`],
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

function getRequest(path: string, { apiKey }: Key): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${apiKey}\r\n\r\n`;
}

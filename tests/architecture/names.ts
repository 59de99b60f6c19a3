import type { Finding, Repository } from "./repository.ts";

/** Names that fit anything and so say nothing. `common` is also a word of the field, but not the name of a file. */
const BANNED = ["utils", "util", "helpers", "helper", "common", "shared", "lib", "manager", "misc", "stuff"];

/** Names that the outside gives: tools find these files by them. */
const GIVEN =
  /^(README|ARCHITECTURE|CONTRIBUTING|CHANGELOG|SECURITY|LICENSE)(\.md)?$|^Dockerfile(\.dockerignore)?$|^_journal\.json$|^\d{4}_[a-z0-9_]+\.sql$/;

const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

/** Folders and files are kebab-case nouns and verbs of the field; none has a name that fits anything. */
export function checkNames(repository: Repository): Finding[] {
  return repository.flatMap(({ path }) =>
    path.split("/").flatMap((name) => {
      const words = name.split(".")[0]?.split("-") ?? [];
      const drawer = words.find((word) => BANNED.includes(word));
      if (drawer !== undefined)
        return [{ path, line: 1, message: `"${drawer}" says nothing about what is in ${name}` }];
      return KEBAB.test(name) || GIVEN.test(name) ? [] : [{ path, line: 1, message: `${name} is not kebab-case` }];
    }),
  );
}

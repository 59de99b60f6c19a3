/** A text in which the password of every address is left out, for errors of drivers that repeat what they were given. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]*@/gi, "$1:***@");
}

/** Which database an address leads to, without its password: `user@host:port/name`. */
export function databaseName(url: string): string {
  const { username, host, pathname } = new URL(url);
  return `${username === "" ? "" : `${username}@`}${host}${pathname}`;
}

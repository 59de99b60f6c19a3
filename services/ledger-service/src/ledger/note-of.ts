/** An operator's reason and the document it rests on, as entries carry them. */
export function noteOf({ reason, document }: { readonly reason: string; readonly document: string | null }): string {
  return document === null ? reason : `${reason} (${document})`;
}

/** What the last entry of somebody who was erased says: why, under which basis the entries stay, and the document. */
export function noteOfErasure(said: {
  readonly reason: string;
  readonly basis: string;
  readonly document: string;
}): string {
  return `${said.reason}: ${noteOf({ reason: said.basis, document: said.document })}`;
}

/** An operator's reason and the document it rests on, as entries carry them. */
export function noteOf({ reason, document }: { readonly reason: string; readonly document: string | null }): string {
  return document === null ? reason : `${reason} (${document})`;
}

/** Words of a space-separated list, as a set. */
export function toWordSet(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.join(" ").split(" "));
}

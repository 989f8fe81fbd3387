/** Up to three of the names that differ least from `name`, nearest first; none that differ in more than half of it. */
export function toNearNames(name: string, names: readonly string[]): string[] {
  const bare = toBare(name);
  return names
    .map((other) => ({ other, distance: toDistance(bare, toBare(other)) }))
    .filter(({ distance }) => distance <= bare.length / 2)
    .sort((a, b) => a.distance - b.distance || (a.other < b.other ? -1 : 1))
    .slice(0, 3)
    .map(({ other }) => other);
}

/** Without the vendor, dots for dashes: what people mistype. A date at the end is a snapshot of the model before it. */
function toBare(name: string): string {
  const model = name.slice(name.indexOf("/") + 1).toLowerCase();
  return model.replace(/[._]/g, "-").replace(/-(\d{8}|\d{4}-\d{2}-\d{2})$/, "");
}

/** Levenshtein distance. */
function toDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

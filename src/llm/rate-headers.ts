/** A header's count under a name, or nothing if it isn't one. */
export function toCount<Name extends string>(name: Name, text: string | null): { [key in Name]?: number } {
  if (text === null || !/^\d{1,12}$/.test(text.trim())) return {};
  return { [name]: Number(text) } as { [key in Name]?: number };
}

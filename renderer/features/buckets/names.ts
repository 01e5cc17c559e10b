/** The first names of many, and how many there are. Pure. */
export function someNames(all: readonly string[]): string {
  return all.length > 4 ? `${all.slice(0, 4).join(', ')} … (${all.length})` : all.join(', ');
}

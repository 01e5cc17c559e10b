/** What was typed as a folder, as the beginning of names: "/reports/2026" is "reports/2026/", nothing is the top. Pure. */
export function folderPrefix(typed: string): string {
  const inside = typed.trim().replace(/^\/+/, '');
  return inside === '' || inside.endsWith('/') ? inside : `${inside}/`;
}

/** The proposed folder for another name: its last part follows the name. Works for both kinds of separators. Pure. */
export function folderFor(base: { readonly name: string; readonly folder: string }, name: string): string {
  if (name === base.name || !base.folder.endsWith(base.name)) return base.folder;
  const safe = name.trim().replace(/[\\/:*?"<>|\s]+/g, '-');
  return safe === '' ? base.folder : base.folder.slice(0, -base.name.length) + safe;
}

/** What the engine reads of a file with certificates. */
export const mostBytes = 1_000_000;

/** A file's name as one that a certificate may have here. Pure. */
export function nameFrom(file: string): string {
  const plain = file
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return plain.slice(0, 61) || 'imported';
}

export function isFileName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,60}$/.test(name);
}

/** A word of a systemd unit: percent signs are expanded there, and double quotes are read with C escapes. */
export function unitWord(word: string): string {
  const plain = word.replaceAll('%', '%%');
  return /^[\w@+=:,./%-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`;
}

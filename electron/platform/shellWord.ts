/** One word for a POSIX shell, in quotes where it needs them: for commands that are shown, never run. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What a terminal acts on when it is pasted, and what turns a line around. A new line is harmless between quotes. */
const unseen = /(?:[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069])+/gu;

/** One word for a POSIX shell, in quotes where it needs them: for commands that are shown, never run. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`).replace(unseen, (signs) => `'"$(printf '${octal(signs)}')"'`)}'`;
}

function octal(signs: string): string {
  return [...Buffer.from(signs)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

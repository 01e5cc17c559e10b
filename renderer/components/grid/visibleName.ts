/** A run of letters of a name; `escaped` ones stand for a letter that cannot be seen as it is. */
export interface NamePart {
  readonly text: string;
  readonly escaped: boolean;
  /** Before the last slash. */
  readonly folder: boolean;
}

// Control, format and separator letters turn, hide or break a line. Joiners stay where scripts and emoji need them.
const unseen =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c-\u200d\u{e0020}-\u{e007f}])\p{Cf}|(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\p{Script=Arabic}])[\u200c-\u200d]/gu;
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

/** `\n`, `\x1b`, `\u202e`: how a letter that cannot be seen is written. */
function escapeOf(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  if (code < 256) return short[letter] ?? `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The place after the last slash that something follows: "a/b/" is the folder "a/" and the name "b/". */
function folderEnd(name: string): number {
  return name.length < 2 ? 0 : name.lastIndexOf('/', name.length - 2) + 1;
}

/** A name cut where it is shortened, in parts that can be shown one after the other. `tail`: its last letters, never left out. */
export function visibleName(name: string, tailLetters: number): { head: NamePart[]; tail: NamePart[] } {
  const letters = [...name];
  const cut = Math.max(0, letters.length - tailLetters);
  const end = folderEnd(name);
  const parts: { head: NamePart[]; tail: NamePart[] } = { head: [], tail: [] };
  let at = 0;
  for (const [index, letter] of letters.entries()) {
    const side = index < cut ? parts.head : parts.tail;
    const folder = at < end;
    // Two letters of look-behind are enough for a joiner after an emoji and its modifier.
    const before = letters.slice(Math.max(0, index - 2), index).join('');
    const escaped = letter.charCodeAt(0) < 32 || (letter.charCodeAt(0) > 126 && isUnseen(before, letter));
    const text = escaped ? escapeOf(letter) : letter;
    const last = side.at(-1);
    if (last && last.escaped === escaped && last.folder === folder) side[side.length - 1] = { ...last, text: last.text + text };
    else side.push({ text, escaped, folder });
    at += letter.length;
  }
  return parts;
}

function isUnseen(before: string, letter: string): boolean {
  unseen.lastIndex = before.length;
  return unseen.test(before + letter);
}

/** The whole name on one line, for a title or a dialog. */
export function visibleText(name: string): string {
  const { head, tail } = visibleName(name, 0);
  return [...head, ...tail].map(({ text }) => text).join('');
}

/** The key that would follow in a numbered row: `part-0009.csv` after `part-0008.csv`. */
export function guessNext(key: string): string | undefined {
  const found = /^(.*?)(\d{1,15})(\D*)$/su.exec(key);
  if (!found) return undefined;
  const [, before = '', digits = '', behind = ''] = found;
  return before + String(Number(digits) + 1).padStart(digits.length, '0') + behind;
}

/** A part that ends many keys in one folder: `.parquet`. */
export function endingOf(key: string): string | undefined {
  return /\.[^./\s]{1,16}$/u.exec(key)?.[0];
}

/**
 * The order of UTF-8 bytes, in which MinIO lists keys. JavaScript compares UTF-16 units, which differs where a character
 * beyond U+FFFF (written as two units of D800 to DFFF) meets one of U+E000 to U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left === right) continue;
    if (left < 0xd800 || right < 0xd800) return left - right;
    return weight(left) - weight(right);
  }
  return a.length - b.length;
}

function weight(unit: number): number {
  return unit < 0xe000 ? unit + 0x2800 : unit;
}

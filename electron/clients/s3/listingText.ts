const fixed: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Bytes (as latin1) of an element's text as characters. Only XML's five names and numbers of characters are known; nothing
 * else is expanded. `undefined`: an unknown entity, or no UTF-8.
 */
export function decodeText(bytes: string): string | undefined {
  let text = bytes;
  if (/[\x80-\xff]/.test(bytes)) {
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
    } catch {
      return undefined;
    }
  }
  if (!text.includes('&')) return text;
  let known = true;
  const decoded = text.replace(
    /&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|([a-z]{2,4}));?|&/g,
    (whole, hex?: string, digits?: string, name?: string) => {
      const code = hex === undefined ? Number(digits ?? Number.NaN) : Number.parseInt(hex, 16);
      const character = name === undefined ? characterOf(code) : fixed[name];
      if (character === undefined || !whole.endsWith(';')) known = false;
      return character ?? '';
    },
  );
  return known ? decoded : undefined;
}

function characterOf(code: number): string | undefined {
  const isCharacter = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

/** A key as `encoding-type=url` writes it: `+` is a blank, the rest percent. `undefined`: no encoding makes this. */
export function decodeUrlText(bytes: string): string | undefined {
  const text = /[&\x80-\xff]/.test(bytes) ? decodeText(bytes) : bytes;
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text);
  } catch {
    return undefined;
  }
}

const dayMs = 86_400_000;
let cachedDay = '';
let cachedStart = 0;

/** `2026-11-22T04:21:56.630Z` as ms, most entries of a page on the same day. Another form goes to `Date.parse`: NaN for nonsense. */
export function readTime(text: string, at: number, end: number): number {
  if (end - at !== 24 || text.charCodeAt(at + 10) !== 0x54 || text.charCodeAt(at + 23) !== 0x5a) return Date.parse(text.slice(at, end));
  if (!text.startsWith(cachedDay, at) || cachedDay === '') {
    cachedDay = text.slice(at, at + 10);
    cachedStart = Date.parse(cachedDay);
  }
  const two = (place: number): number => (text.charCodeAt(at + place) - 48) * 10 + text.charCodeAt(at + place + 1) - 48;
  const ms = (two(11) * 60 + two(14)) * 60_000 + two(17) * 1000 + two(20) * 10 + text.charCodeAt(at + 22) - 48;
  return ms >= 0 && ms < dayMs ? cachedStart + ms : Number.NaN;
}

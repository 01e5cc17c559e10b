import { scaled } from '../../shared/bytes.ts';
import type { Language } from '../../shared/text.ts';

/** Numbers, sizes and times as people read them. Pure, so that a table of cases tests them. */
export function localeOf(language: Language): string {
  return language === 'en' ? 'en-GB' : 'zh-CN';
}

const numberFormats = new Map<string, Intl.NumberFormat>();
const timeFormats = new Map<string, Intl.DateTimeFormat>();

/** Formatters are dear to make and asked for once per row. */
function numbers(language: Language, digits: number): Intl.NumberFormat {
  const key = `${language} ${digits}`;
  const made = numberFormats.get(key) ?? new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: digits });
  numberFormats.set(key, made);
  return made;
}

function times(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${Object.keys(options).join()}`;
  const made = timeFormats.get(key) ?? new Intl.DateTimeFormat(localeOf(language), options);
  timeFormats.set(key, made);
  return made;
}

export function formatNumber(value: number, language: Language): string {
  return numbers(language, 1).format(value);
}

/** Binary units, one decimal below ten: "402 KiB", "3.8 GiB". */
export function formatBytes(bytes: number, language: Language): string {
  const { value, unit, digits } = scaled(bytes);
  return `${numbers(language, digits).format(value)} ${unit}`;
}

/** "14:06", or "14:06:12". */
export function formatClock(at: string, language: Language, seconds = false): string {
  return times(language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(seconds ? { second: '2-digit' } : {}),
  }).format(new Date(at));
}

/** "10 Dec 2026", in Chinese "2026-12-10". */
export function formatDay(at: string, language: Language): string {
  if (language === 'zh-CN') {
    const day = new Date(at);
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  }
  return times(language, { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(at));
}

/** The clock alone for today: "14:06"; a time of another day says its day, too: "10 Dec 2026, 14:06". */
export function formatWhen(at: string, language: Language, seconds = false, now = Date.now()): string {
  const clock = formatClock(at, language, seconds);
  if (startOfDay(Date.parse(at)) === startOfDay(now)) return clock;
  return `${formatDay(at, language)}${language === 'en' ? ', ' : ' '}${clock}`;
}

/** The whole time for a hover: day, clock with seconds, zone. */
export function formatFull(at: string, language: Language): string {
  return times(language, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(new Date(at));
}

const dayMs = 86_400_000;
const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

/** How old a figure is: "20 s", "14 min", then the clock time, then the day. `yesterday` is the word for it. */
export function formatAge(at: string, now: number, language: Language, yesterday: string): string {
  const time = Date.parse(at);
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  const [s, min] = language === 'en' ? ['s', 'min'] : ['秒', '分钟'];
  if (seconds < 60) return `${seconds} ${s}`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} ${min}`;
  const days = Math.round((startOfDay(now) - startOfDay(time)) / dayMs);
  if (days <= 0) return formatClock(at, language);
  return days === 1 ? yesterday : formatDay(at, language);
}

/** In a sentence: "14 minutes ago", 14 分钟前. */
export function formatAgo(at: string, now: number, language: Language): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  const relative = new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'always' });
  const text = (): string => {
    if (seconds < 60) return relative.format(-seconds, 'second');
    if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute');
    if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour');
    return relative.format(-Math.floor(seconds / 86_400), 'day');
  };
  // Chinese text here keeps a space between figures and characters.
  return text()
    .replace('秒钟', '秒')
    .replace(/(\d)(?=\p{Script=Han})/gu, '$1 ');
}

/** Time left or taken: "22 s", "4 min", "1 h 20 min". */
export function formatSeconds(seconds: number, language: Language): string {
  const [s, m, h] = language === 'en' ? ['s', 'min', 'h'] : ['秒', '分钟', '小时'];
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} ${s}`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} ${m}`;
  const hours = `${Math.floor(minutes / 60)} ${h}`;
  return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60} ${m}`;
}

/** Shortens in the middle: names and hashes differ at their ends. Counts characters, not UTF-16 halves. */
export function shorten(value: string, longest: number): string {
  const letters = [...value];
  if (letters.length <= longest) return value;
  const head = Math.ceil((longest - 1) / 2);
  const tail = Math.floor((longest - 1) / 2);
  return `${letters.slice(0, head).join('')}…${tail === 0 ? '' : letters.slice(-tail).join('')}`;
}

/**
 * The day of a MinIO or KES release name: "RELEASE.2025-10-15T17-29-55Z" is "2025-10-15"; other versions stay as they are.
 * Builds from source name none ("DEVELOPMENT.GOGET", "<unknown>"): undefined.
 */
export function shortVersion(version: string): string | undefined {
  if (/^<|^DEVELOPMENT|^unknown$/.test(version)) return undefined;
  return /^(?:RELEASE\.)?(\d{4}-\d\d-\d\d)T[\d-]+Z/.exec(version)?.[1] ?? version.replace(/^v(?=\d)/, '');
}

/** The end of a PGP fingerprint as people compare it: "7F3A 91C2 04DE". Pure. */
export function keyEnd(fingerprint: string): string {
  return (fingerprint.slice(-12).match(/.{1,4}/g) ?? []).join(' ');
}

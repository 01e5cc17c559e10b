/** A Go duration, as `5m0s` or `1.5h`, or a `${NAME}`. A bare number is none, but for 0. */
export function isGoDuration(word: string): boolean {
  return /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$|^[+-]?0$|^\$\{.+\}$/.test(word);
}

const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration. Undefined for anything else, and for a `${NAME}`. */
export function durationMs(word: string): number | undefined {
  if (!isGoDuration(word) || word.startsWith('$')) return undefined;
  let sum = 0;
  for (const [, number = '0', unit = 's'] of word.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) sum += Number(number) * (units[unit] ?? 0);
  return word.startsWith('-') ? -sum : sum;
}

/** How long KES may keep a key that it read, in ms: `cache.expiry.any`, else its default of five minutes. */
export function cacheMs(any: string): number {
  return durationMs(any) ?? 300_000;
}

import type { Language } from '../../../shared/text.ts';
import { localeOf } from '../format.ts';

/** "14:15:07.318": a proof is a matter of milliseconds. */
export function preciseClock(at: string | number, language: Language): string {
  return new Intl.DateTimeFormat(localeOf(language), {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  }).format(new Date(at));
}

import type { Language } from '../../shared/text.ts';
import { localeOf } from './format.ts';

/** A share as people read it: "98.9%"; 0 is "0", below a tenth "<0.1%", and what is not all is never 100%. Pure. */
export function shareText(part: number, whole: number, language: Language): string {
  if (part <= 0 || whole <= 0) return '0';
  const percent = (part / whole) * 100;
  if (percent < 0.1) return '<0.1%';
  if (part < whole && percent > 99.9) return '>99.9%';
  return `${new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 1 }).format(percent)}%`;
}

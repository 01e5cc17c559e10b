import { type AuditState, auditStates } from '../../../../shared/audit.ts';
import { sentence } from '../../../../shared/messages.ts';
import { type Language, say } from '../../../../shared/text.ts';

/** Fill and edge of the states on white, as `visual.md` 1 has them; the window's own are CSS variables. */
export const stateColours: Record<AuditState, { fill: string; edge: string; label: string }> = {
  plaintext: { fill: '#d0421a', edge: '#9c2e0e', label: '#ffffff' },
  unreadable: { fill: '#6a1022', edge: '#470914', label: '#ffecef' },
  unknown: { fill: '#e3e6e9', edge: '#737b85', label: '#1b1f24' },
  'sse-c': { fill: '#bbaee8', edge: '#6a55b5', label: '#231848' },
  'sse-s3': { fill: '#cce0a0', edge: '#5f8526', label: '#22330a' },
  'sse-kms': { fill: '#86c3c1', edge: '#2b7f7a', label: '#0b2f2d' },
};

/** Once a page. Patterns beside the colours: a print in grey and a reader who does not see red still tell the states apart. */
export const patterns = `<defs>
<pattern id="p-unreadable" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 0L6 6M6 0L0 6" stroke="#e08a9a" stroke-width=".7"/></pattern>
<pattern id="p-unknown" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6L6 0" stroke="#737b85" stroke-opacity=".55" stroke-width=".8"/></pattern>
<pattern id="p-sse-c" width="4" height="4" patternUnits="userSpaceOnUse"><circle cx="2" cy="2" r=".75" fill="#6a55b5"/></pattern>
</defs>`;
const patterned: readonly AuditState[] = ['unreadable', 'unknown', 'sse-c'];

/** An area in the colour, edge and pattern of a state. */
export function area(state: AuditState, x: number, y: number, width: number, height: number): string {
  const { fill, edge } = stateColours[state];
  const box = `x="${(x + 0.5).toFixed(1)}" y="${(y + 0.5).toFixed(1)}" width="${Math.max(0.5, width - 1).toFixed(1)}" height="${Math.max(0.5, height - 1).toFixed(1)}"`;
  return `<rect ${box} fill="${fill}" stroke="${edge}"/>${patterned.includes(state) ? `<rect ${box} fill="url(#p-${state})"/>` : ''}`;
}

export const stateWord = (language: Language, state: AuditState): string => sentence(language, say(`audit.state.${state}`));

/** `1,284,112` */
export const counted = (language: Language, value: number): string => value.toLocaleString(language);

/** `3.8 GiB` */
export function sized(language: Language, bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  const at = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** at;
  return `${value.toLocaleString(language, { maximumFractionDigits: at === 0 || value >= 100 ? 0 : 1 })} ${units[at]}`;
}

/** A share is never rounded to 0 or to all (`visual.md` 7). */
export function share(language: Language, part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0';
  if (part === whole) return '100%';
  const percent = (100 * part) / whole;
  if (percent < 0.1) return '<0.1%';
  return `${Math.min(99.9, percent).toLocaleString(language, { maximumFractionDigits: 1 })}%`;
}

/** `2026-11-22 02:00:00 UTC` */
export const moment = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

/** The states in which there is something, in their fixed order. */
export function present(counts: readonly number[]): { state: AuditState; count: number }[] {
  return auditStates.map((state, at) => ({ state, count: counts[at] ?? 0 })).filter(({ count }) => count > 0);
}

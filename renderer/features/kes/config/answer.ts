import type { Finding, Severity } from '../../../../shared/kesConfig.ts';
import type { Mark } from '../../../components/StateIcon.tsx';

export const severities = ['wrong', 'dangerous', 'outdated', 'ignored'] as const satisfies readonly Severity[];

export const markOf: Readonly<Record<Severity, Mark>> = { wrong: 'fail', dangerous: 'warn', outdated: 'info', ignored: 'info' };

/** The worst that is to be said of a configuration, and of how many lines. */
export function worstOf(findings: readonly Finding[]): { severity: Severity; count: number } | undefined {
  for (const severity of severities) {
    const count = findings.filter((one) => one.severity === severity).length;
    if (count > 0) return { severity, count };
  }
  return undefined;
}

/** Findings by the line that they are about; those of no line stand at 0. */
export function byLine(findings: readonly Finding[]): ReadonlyMap<number, readonly Finding[]> {
  const found = new Map<number, Finding[]>();
  for (const one of findings) {
    const line = one.line ?? 0;
    found.set(line, [...(found.get(line) ?? []), one]);
  }
  return found;
}

/** Lines of a text field: what is empty is left out. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

import type { Finding } from '../../../../shared/kesConfig.ts';
import type { Mark } from '../../../components/StateIcon.tsx';

type Worst = 'ends' | 'refuses' | 'wrong' | 'dangerous' | 'outdated' | 'ignored';

const worse: readonly (readonly [Worst, (finding: Finding) => boolean])[] = [
  ['ends', ({ today, from }) => today === 'ends' && from === 'file'],
  ['refuses', ({ today }) => today === 'refuses'],
  ['wrong', ({ severity }) => severity === 'wrong'],
  ['dangerous', ({ severity }) => severity === 'dangerous'],
  ['outdated', ({ severity }) => severity === 'outdated'],
  ['ignored', () => true],
];

/** What ends or paralyses today's server is broken, however old the line is. */
export function markOf({ severity, today }: Finding): Mark {
  if (severity === 'wrong' || today === 'ends' || today === 'refuses') return 'fail';
  return severity === 'dangerous' ? 'warn' : 'info';
}

/** The worst that is to be said of a configuration, and of how many lines. */
export function worstOf(findings: readonly Finding[]): { says: Worst; mark: Mark; count: number } | undefined {
  for (const [says, is] of worse) {
    const found = findings.filter(is);
    const [first] = found;
    if (first) return { says, mark: markOf(first), count: found.length };
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

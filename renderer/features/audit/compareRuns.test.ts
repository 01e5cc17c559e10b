import { describe, expect, it } from 'vitest';
import { madeAudit } from '../../../shared/audit.testSupport.ts';
import type { Audit } from '../../../shared/audit.ts';
import { comparableRuns, runBefore } from './compareRuns.ts';

const run = (day: number, more: Partial<Audit> = {}): Audit => madeAudit({ id: `202611${day}T120000-1a2b3c4d`, ...more });
const scope = (buckets: string[]): Audit['scope'] => ({ buckets, prefix: '', versions: false });
const days = (runs: readonly Audit[]): string[] => runs.map(({ id }) => id.slice(6, 8));

describe('runs that can be compared', () => {
  it('are finished ones of the same place, the newest first, in whatever order its buckets were named', () => {
    const here = run(20, { scope: scope(['docs', 'logs']) });
    const others = [
      here,
      run(10, { scope: scope(['logs', 'docs']) }),
      run(22, { scope: scope(['docs', 'logs']) }),
      run(11, { scope: scope(['docs']) }),
      run(12, { scope: { ...scope(['docs', 'logs']), versions: true } }),
      run(13, { scope: { ...scope(['docs', 'logs']), prefix: 'x/' } }),
      run(14, { scope: scope(['docs', 'logs']), phase: 'listing', state: 'cancelled' }),
      run(15, { scope: { prefix: '', versions: false } }),
    ];
    expect(days(comparableRuns(others, here))).toEqual(['22', '10']);
    expect(runBefore(others, here)?.id).toContain('20261110');
  });

  it('have none before the first, and none while it runs', () => {
    expect(runBefore([run(20), run(21)], run(20))).toBeUndefined();
    expect(runBefore([run(10)], run(20, { phase: 'listing', state: 'running' }))).toBeUndefined();
  });
});

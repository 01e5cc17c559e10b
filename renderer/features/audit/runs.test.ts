import { expect, it } from 'vitest';
import type { Audit } from '../../../shared/audit.ts';
import { comparable } from './runs.ts';

const run = (id: string, more: Partial<Audit> = {}): Audit =>
  ({ id, state: 'finished', scope: { prefix: '', versions: false }, ...more }) as Audit;

it('compares with the newest finished run before it of the same place', () => {
  const newest = run('3');
  const audits = [
    newest,
    run('2b', { state: 'cancelled' }),
    run('2a', { scope: { prefix: 'x/', versions: false } }),
    run('2', { scope: { prefix: '', versions: false } }),
    run('1'),
  ];
  expect(comparable(newest, audits)?.id).toBe('2');
  expect(comparable(run('1'), audits)).toBeUndefined();
});

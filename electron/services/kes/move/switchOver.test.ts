import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import type { Deployment } from './deployment.ts';
import type { MoveState } from './state.ts';
import { orBack } from './switchOver.ts';

/** A model of the servers, whose end is what fails. */
function backWith(failure: Error): Promise<unknown> {
  const servers = { stop: () => Promise.reject(failure) };
  const state = { source: { way: 'here' } } as MoveState;
  const deployment = { start: { line: 'kes server' } } as Deployment;
  const work = () => Promise.reject(new AppError('kesDied', { reason: 'its port' }));
  return orBack({ servers } as unknown as StackAccess, state, deployment, new AbortController().signal, work);
}

describe('a new server that failed', () => {
  it('says what it died of where the old one could not be put back', async () => {
    await expect(backWith(new AppError('serverNotStopped', { kind: 'kes', pid: 1 }))).rejects.toMatchObject({
      code: 'kesMoveNewFailed',
      details: { reason: 'kesDied its port' },
    });
  });

  it('does not hide a defect on the way back', async () => {
    await expect(backWith(new TypeError('a defect'))).rejects.toThrow('a defect');
  });
});

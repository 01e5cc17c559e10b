import { describe, expect, it } from 'vitest';
import { canOpen, inHand, landing, neighbour, provenCount, type StepLine } from './steps.ts';

type Id = 'place' | 'servers' | 'vault' | 'proof';
const steps = (...states: StepLine['state'][]): StepLine<Id>[] =>
  (['place', 'servers', 'vault', 'proof'] as const).map((id, at) => ({ id, state: states[at] ?? 'todo' }));

describe('the steps of a wizard', () => {
  it('land on the first step that is not done, a failed one too', () => {
    expect(inHand(steps('proven', 'failed', 'todo'))).toBe('servers');
    expect(inHand(steps('proven', 'skipped', 'todo'))).toBe('vault');
  });

  it('have none in hand when all are done, and land on the last one', () => {
    const done = steps('proven', 'proven', 'skipped', 'proven');
    expect(inHand(done)).toBeUndefined();
    expect(landing(done, undefined)).toBe('proof');
    expect(provenCount(done)).toBe(3);
  });

  it('open only where everything before is done', () => {
    const half = steps('proven', 'failed');
    expect(canOpen(half, 'place')).toBe(true);
    expect(canOpen(half, 'servers')).toBe(true);
    expect(canOpen(half, 'vault')).toBe(false);
  });

  it('stay open while a proven step before them is checked again, and not while one runs for the first time', () => {
    const first = steps('proven', 'running');
    expect(landing(first, 'vault')).toBe('servers');
    const again = first.map((step) => (step.id === 'servers' ? { ...step, evidence: ['answered'] } : step));
    expect(landing(again, 'vault')).toBe('vault');
  });

  it('land on the step in hand when the address asks for one that is too far or unknown', () => {
    const half = steps('proven', 'todo');
    expect(landing(half, 'proof')).toBe('servers');
    expect(landing(half, 'nonsense')).toBe('servers');
    expect(landing(half, 'place')).toBe('place');
  });

  it('have no neighbour beyond their ends', () => {
    expect(neighbour(steps(), 'place', -1)).toBeUndefined();
    expect(neighbour(steps(), 'place', 1)).toBe('servers');
    expect(neighbour(steps(), 'proof', 1)).toBeUndefined();
  });
});

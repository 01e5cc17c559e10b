import { describe, expect, it } from 'vitest';
import type { LightResult, ServerTest } from '../../../shared/connect.ts';
import { isReached, lightOrder, mends, notesOf, stoppedAt } from './lights.ts';

/** A row whose `red` light stopped it; none: all of them are green. */
function row(red?: LightResult['light'], code = 'internal', kind: ServerTest['kind'] = 'kes'): ServerTest {
  const at = red === undefined ? lightOrder.length : lightOrder.indexOf(red);
  const lights = lightOrder.map((light, place): LightResult => {
    const label = { code: 'connect.label' } as unknown as LightResult['label'];
    if (place < at) return { light, outcome: 'ok', label };
    return place === at ? { light, outcome: 'fail', label, error: { code } } : { light, outcome: 'notTried', label };
  });
  return { kind, url: 'https://kes.example.net:7373', lights, at: '2026-11-22T00:00:00.000Z' };
}

describe('the seven lights of a server', () => {
  it('name the one that stopped them', () => {
    expect(stoppedAt(row('tls'))?.light).toBe('tls');
    expect(stoppedAt(row())).toBeUndefined();
  });

  it('count as reached when none is red and some are green', () => {
    expect(isReached(row())).toBe(true);
    expect(isReached(row('key'))).toBe(false);
    const untried = row();
    expect(isReached({ ...untried, lights: untried.lights.map((each) => ({ ...each, outcome: 'notTried' as const })) })).toBe(false);
  });

  it('say what deserves thought although nothing is broken', () => {
    const amber = row();
    const lights = amber.lights.map((each) =>
      each.light === 'identity' ? { ...each, outcome: 'warn' as const, error: { code: 'connectRootToken' } } : each,
    );
    expect(notesOf({ ...amber, lights }).map(({ light }) => light)).toEqual(['identity']);
    expect(isReached({ ...amber, lights })).toBe(true);
  });

  it('lead to what mends the first red one', () => {
    expect(mends(row('tcp'))).toEqual(['address']);
    expect(mends(row('tls', 'tlsName'))).toEqual(['names', 'address']);
    expect(mends(row('tls', 'tlsTrust'))).toEqual(['trust']);
    expect(mends(row('identity'))).toEqual(['credential']);
    expect(mends(row('identity', 'vaultSealed', 'vault'))).toEqual(['unseal']);
    expect(mends(row('identity', 'answerNotUnderstood'))).toEqual(['address']);
    expect(mends(row('keyStore', 'kvVersionDiffers', 'vault'))).toEqual(['engine']);
    expect(mends(row())).toEqual(['credential', 'address']);
  });
});

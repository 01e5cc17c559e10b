import { expect, it } from 'vitest';
import type { Deployment } from './deployment.ts';
import { commandsFor } from './handed.ts';
import { readOldStart } from './oldStart.ts';

const deployment = (unit?: string): Deployment =>
  ({
    base: '/srv/kes',
    config: { address: '0.0.0.0:7380' },
    start: readOldStart('kes server --config c --auth off'),
    ...(unit === undefined ? {} : { unit }),
  }) as Deployment;

const linesOf = (one: Deployment): string[] => commandsFor(one).flatMap(({ line }) => line ?? []);

it('tells the keeper to end the one process at KES’s port, or its unit, never what is named alike', () => {
  const byPort = linesOf(deployment());
  expect(byPort[0]).toMatch(/^kill -INT "\$\(ss -Hltnp 'sport = :7380'/);
  expect(byPort.at(-1)).toMatch(/&& kill -HUP "\$\(ss -Hltnp 'sport = :7380'/);
  expect(byPort).toContain('cd /srv/kes && kes server --config c --auth off');
  const byUnit = linesOf(deployment('kes-old.service'));
  expect(byUnit).toEqual(expect.arrayContaining(['systemctl stop kes-old.service', 'systemctl start kes-old.service']));
  expect([...byPort, ...byUnit].join('\n')).not.toMatch(/pkill|pidof|killall|pgrep/);
});

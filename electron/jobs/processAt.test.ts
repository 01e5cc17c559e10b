import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { freePort } from '../platform/ports.ts';
import { processAt } from './processAt.ts';

/** A process that listens there, named like every other one of these. */
async function listener(port: number) {
  const script = `require('node:net').createServer().listen(${port}, '127.0.0.1', () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script, 'kes', 'server'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

const shell = async (line: string): Promise<number | null> => {
  const child = spawn('sh', ['-c', line], { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
};

it.skipIf(process.platform === 'win32')('a shown command ends the one process at that port, and none where nobody listens', async () => {
  const [port, other] = [await freePort(), await freePort()];
  const [wanted, alike] = [await listener(port), await listener(other)];
  try {
    expect(await shell(`kill -INT ${processAt(await freePort())}`)).not.toBe(0);
    expect([wanted.exitCode, alike.exitCode]).toEqual([null, null]);
    const ended = once(wanted, 'exit');
    expect(await shell(`kill -INT ${processAt(port)}`)).toBe(0);
    await ended;
    expect([wanted.signalCode, alike.exitCode, alike.signalCode]).toEqual(['SIGINT', null, null]);
  } finally {
    wanted.kill();
    alike.kill();
  }
});

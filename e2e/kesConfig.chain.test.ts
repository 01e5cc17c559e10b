import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readKesConfig } from '../electron/services/kes/config/read.ts';
import type { KesConfig, KesConfigOutcome } from '../shared/kesConfig.ts';
import { call, enginePid, sealdeck } from './cli.ts';
import { kesKeys } from './foreignTools.ts';
import { type OwnLab, startOwnLab } from './ownLab.ts';
import { processesNaming, watchProcesses } from './processes.ts';

let own: OwnLab;
let data: string;
let args: string[];

beforeAll(async () => {
  own = await startOwnLab();
  data = join(own.dir, '.sealdeck');
  args = ['--data', data];
});
afterAll(async () => own?.end());

const read = async () =>
  (await call(args, 'kes.readConfig', { stackId: 'lab', from: { kind: 'server' } })) as {
    draft: string;
    config: KesConfig;
    unfinished: boolean;
  };
const file = (): string => readFileSync(join(own.dir, 'kes/kes.yaml'), 'utf8');
const withPolicy = (config: KesConfig, name: string): KesConfig => ({
  ...config,
  policies: [...config.policies, { name, allow: ['/v1/status'], deny: [], identities: [] }],
});

async function apply(draft: string, config: KesConfig): Promise<KesConfigOutcome> {
  const run = await sealdeck(['call', 'kes.applyConfig', '-', ...args, '--json'], {
    input: JSON.stringify({ stackId: 'lab', draft, config }),
  });
  expect(run.code, run.stderr).toBe(0);
  return run.lines.at(-1) as unknown as KesConfigOutcome;
}

const kesProcesses = () => processesNaming(own.dir).filter(({ args: [program = ''] }) => /\bkes$/.test(program));

it('leaves a whole configuration, one KES and nothing of the trial when the engine is killed anywhere in a change, and goes on', async () => {
  const secret = /secret: "?([^"\n]+)/.exec(file())?.[1] ?? '';
  expect(secret.length).toBeGreaterThan(20);
  const watch = watchProcesses();
  for (const [at, wait] of [300, 800].entries()) {
    const { draft, config } = await read();
    const wanted = withPolicy(config, `kill-${at}`);
    const changing = sealdeck(['call', 'kes.applyConfig', '-', ...args, '--json'], {
      input: JSON.stringify({ stackId: 'lab', draft, config: wanted }),
    });
    await sleep(wait);
    const pid = enginePid(data);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await changing;
    const now = readKesConfig(file(), { secretsBelong: true });
    expect([config, wanted].map((one) => JSON.stringify(one))).toContain(JSON.stringify(now.config));
    expect(now.secrets.get('KES_APPROLE_SECRET')?.reveal()).toBe(secret);
    await expect.poll(() => readdirSync(join(own.dir, 'kes')).filter((name) => name.startsWith('try-')), { timeout: 10_000 }).toEqual([]);
    await expect.poll(() => kesProcesses().length, { timeout: 10_000 }).toBe(1);
    const again = await read();
    expect(
      await apply(
        again.draft,
        again.config.policies.some(({ name }) => name === `kill-${at}`) ? again.config : withPolicy(again.config, `kill-${at}`),
      ),
    ).toMatchObject({
      applied: true,
    });
    expect((await read()).unfinished).toBe(false);
    expect(existsSync(join(own.dir, 'kes/kes.yaml.unfinished'))).toBe(false);
  }
  expect(watch.stop()).not.toContain(secret);
  expect(readKesConfig(file()).config.policies.map(({ name }) => name)).toEqual(['minio', 'sealdeck-operator', 'kill-0', 'kill-1']);
  expect(await kesKeys(own.lab)).toContain('minio-default');
  // What was edited outlives the set-up: its own step still finds it good, and says so.
  await call(args, 'setup.check', { stackId: 'lab', step: 'kes' });
  const { steps } = (await call(args, 'setup.state', { stackId: 'lab' })) as { steps: { id: string; state: string }[] };
  expect(steps.find(({ id }) => id === 'kes')).toMatchObject({ state: 'proven' });
});

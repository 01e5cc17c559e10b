import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { type PlaceInput, placeInput, type StepId, stepIds, stepInputs } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { createJobRunner, type Report } from '../../jobs/jobRunner.ts';
import type { AnyStep, StackAccess, StepContext } from '../../jobs/step.ts';
import { createLog } from '../../platform/log.ts';
import { stackOf } from './placeDocument.ts';
import { createRunner, type Runner } from './runner.ts';
import { newSetup } from './state.ts';

const place: PlaceInput = placeInput.parse({
  name: 'lab',
  folder: '/tmp/lab',
  hosts: ['127.0.0.1'],
  ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
  product: 'openbao',
});

/** Steps whose world is a set of marks: apply sets one, check wants it there. */
function markSteps(
  world: Set<string>,
  applied: string[],
  broken: Set<string>,
  idle: ReadonlySet<StepId> = new Set(),
  proposed: StepId[] = [],
): AnyStep[] {
  const inputs: Partial<Record<StepId, unknown>> = {
    place,
    key: { name: 'k' },
    minio: { defaultKey: 'k', autoEncryption: false },
    bucket: { bucket: 'bbb', rule: 'sse-s3' },
    object: { bucket: 'bbb' },
  };
  return stepIds.map((id) => ({
    id,
    skips: async () => (idle.has(id) ? say('setup.stale') : undefined),
    propose: async () => {
      proposed.push(id);
      return inputs[id] ?? stepInputs[id].parse({});
    },
    plan: async () => ({ changes: [], warnings: [], commands: [], files: [], seconds: 1 }),
    apply: async (context: StepContext) => {
      const { kes } = context.inputs.place.ports;
      if (id === 'kes' && broken.has(`port ${kes}`)) {
        if (broken.delete('then 4')) broken.add('taken 4');
        throw new AppError('portInUse', { kind: 'kes', port: kes });
      }
      if (broken.has(id)) throw new AppError('storeLocked');
      applied.push(id);
      world.add(id);
    },
    check: async ({ inputs }: StepContext) => {
      const { minio } = inputs.place.ports;
      if (id === 'place' && broken.has(`taken ${minio}`)) throw new AppError('portTaken', { port: minio, server: 'minio', free: 0 });
      if (!world.has(id)) throw new AppError('networkRefused', { host: id, reason: 'closed' });
      return [{ text: say('setup.step.place'), at: new Date().toISOString(), from: id, outcome: 'ok' as const }];
    },
  })) as unknown as AnyStep[];
}

describe('the runner of guided steps', () => {
  let folder: string;
  let runner: Runner;
  let world: Set<string>;
  let applied: string[];
  let broken: Set<string>;
  /** Steps that have nothing to do, and whose inputs were asked for. */
  let idle: Set<StepId>;
  let proposed: StepId[];
  let journaled: unknown[];
  let readOnly: boolean;
  const signal = new AbortController().signal;
  const report: Report = () => undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-runner-'));
    world = new Set();
    applied = [];
    broken = new Set();
    idle = new Set();
    proposed = [];
    journaled = [];
    readOnly = false;
    runner = start();
    await runner.record('lab').write(newSetup('lab', 'guided'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A new engine over the same folder. */
  function start(): Runner {
    const log = createLog(join(folder, 'log.jsonl'));
    const publish = (): void => undefined;
    const access = {
      get stack() {
        return { ...stackOf('lab', place, 'now'), readOnly };
      },
    } as unknown as StackAccess;
    return createRunner({
      open: async () => access,
      publish,
      jobs: createJobRunner(publish, log),
      log,
      dataFolder: folder,
      journal: async (...entry) => void journaled.push(entry),
      steps: markSteps(world, applied, broken, idle, proposed),
    });
  }
  const stateOf = async (id: StepId) => (await runner.record('lab').read())?.steps.find((step) => step.id === id);

  it('writes a step that failed into the journal, and no word of one that went well', async () => {
    broken.add('vault');
    await expect(runner.express('lab', {}, report, signal)).rejects.toBeDefined();
    const action = { code: 'setup.journal.failed', params: { step: '@setup.step.vault', code: 'storeLocked' } };
    expect(journaled).toEqual([['lab', action, 'failed']]);
  });

  it('goes through all steps in order and keeps the evidence of each', async () => {
    await runner.express('lab', {}, report, signal);
    expect(applied).toEqual(stepIds);
    expect((await stateOf('vault'))?.evidence[0]?.from).toBe('vault');
  });

  it('ends at the next step when its stack becomes read-only meanwhile', async () => {
    const seen: unknown[] = [];
    const untilKes = (progress: Parameters<typeof report>[0]): void => {
      seen.push(progress);
      if (applied.includes('prepare')) readOnly = true;
    };
    await expect(runner.express('lab', {}, untilKes, signal)).rejects.toMatchObject({ code: 'stackReadOnly' });
    expect(applied.at(-1)).toBe('prepare');
    expect(await stateOf('kes')).toMatchObject({ state: 'todo' });
  });

  it('checks nothing on a read-only stack that would write, and everything else', async () => {
    await runner.express('lab', {}, report, signal);
    readOnly = true;
    for (const id of ['prepare', 'admin'] as const)
      await expect(runner.check('lab', id, report, signal)).rejects.toMatchObject({ code: 'stackReadOnly' });
    for (const id of stepIds.filter((one) => one !== 'prepare' && one !== 'admin')) await runner.check('lab', id, report, signal);
    expect(await stateOf('prepare')).toMatchObject({ state: 'proven' });
  });

  it('refuses a step whose ground is not proven, by name', async () => {
    await expect(runner.apply('lab', 'kes', {}, report, signal)).rejects.toMatchObject({
      code: 'setupOrder',
      details: { missing: '@setup.step.place' },
    });
    expect(applied).toEqual([]);
  });

  it('writes a failure down and goes on from there in a new engine, repeating nothing that still holds', async () => {
    broken.add('unseal');
    await expect(runner.express('lab', {}, report, signal)).rejects.toMatchObject({ code: 'storeLocked' });
    expect((await stateOf('unseal'))?.error?.code).toBe('storeLocked');
    broken.clear();
    applied.length = 0;
    runner = start();
    await runner.express('lab', {}, report, signal);
    expect(applied).toEqual(stepIds.slice(stepIds.indexOf('unseal')));
  });

  it('applies a proven step again when the other side no longer agrees, and proves anew', async () => {
    await runner.express('lab', {}, report, signal);
    world.delete('minio');
    applied.length = 0;
    await runner.express('lab', {}, report, signal);
    expect(applied).toEqual(['minio', 'proof']);
  });

  it('asks for new checks of later steps when a proven step was applied with another input', async () => {
    await runner.express('lab', {}, report, signal);
    await runner.apply('lab', 'unseal', { shares: 7 }, report, signal);
    expect((await stateOf('kes'))?.state).toBe('todo');
    expect((await stateOf('vault'))?.state).toBe('proven');
  });

  it('takes the next free port when somebody took one before anything of the stack ran there', async () => {
    broken.add('port 3');
    await runner.express('lab', {}, report, signal);
    const { ports } = placeInput.parse((await stateOf('place'))?.input);
    expect(ports.kes).toBeGreaterThan(3);
    expect(ports.minio).toBe(4);
  });

  it('gives up another port, too, that somebody took while it moved', async () => {
    broken.add('port 3').add('then 4');
    await runner.express('lab', {}, report, signal);
    const { ports } = placeInput.parse((await stateOf('place'))?.input);
    expect([ports.kes > 4, ports.minio > 4, new Set(Object.values(ports)).size]).toEqual([true, true, 5]);
  });

  it('keeps the port of a server that ran already, and says that it is taken', async () => {
    await runner.express('lab', {}, report, signal);
    world.delete('kes');
    broken.add('port 3');
    // Twice: the second time the step itself no longer remembers that it was proven.
    await expect(runner.express('lab', {}, report, signal)).rejects.toMatchObject({ code: 'portInUse' });
    await expect(runner.express('lab', {}, report, signal)).rejects.toMatchObject({ code: 'portInUse' });
    expect(placeInput.parse((await stateOf('place'))?.input).ports.kes).toBe(3);
  });

  it('refuses bad input by field and changes nothing', async () => {
    await runner.express('lab', {}, report, signal);
    const before = await runner.record('lab').read();
    await expect(runner.apply('lab', 'unseal', { shares: 2, threshold: 3 }, report, signal)).rejects.toMatchObject({
      code: 'invalidInput',
      details: { field: 'threshold' },
    });
    expect(await runner.record('lab').read()).toEqual(before);
  });

  it('passes over steps that have nothing to do and says why', async () => {
    idle.add('servers').add('admin');
    await runner.express('lab', {}, report, signal);
    expect(applied).toEqual(stepIds.filter((id) => !idle.has(id)));
    expect(await stateOf('servers')).toMatchObject({ state: 'skipped', reason: { code: 'setup.stale' }, evidence: [] });
    expect((await stateOf('admin'))?.state).toBe('skipped');
  });

  it('leads who is guided past the steps without work to the next one that has some', async () => {
    idle.add('servers').add('certificates');
    await runner.apply('lab', 'place', {}, report, signal);
    expect((await stateOf('certificates'))?.state).toBe('skipped');
    expect((await stateOf('vault'))?.state).toBe('todo');
    await runner.apply('lab', 'vault', {}, report, signal);
    expect(applied).toEqual(['place', 'vault']);
  });

  it('takes a skipped step up again when it has something to do, and never counts it as proven', async () => {
    idle.add('servers');
    await runner.express('lab', {}, report, signal);
    idle.clear();
    await runner.check('lab', 'servers', report, signal);
    expect(await stateOf('servers')).toEqual({ id: 'servers', state: 'todo', evidence: [] });
    applied.length = 0;
    await runner.express('lab', {}, report, signal);
    expect(applied).toContain('servers');
    expect((await stateOf('servers'))?.state).toBe('proven');
  });

  it('turns a proven step into a skipped one when its server leaves the stack', async () => {
    await runner.express('lab', {}, report, signal);
    idle.add('kes');
    await runner.check('lab', 'kes', report, signal);
    expect(await stateOf('kes')).toMatchObject({ state: 'skipped', evidence: [] });
  });

  it('shows the reason as the plan of a step without work', async () => {
    idle.add('servers');
    expect((await runner.plan('lab', 'servers', {})).plan.changes).toEqual([say('setup.stale')]);
  });

  it('asks each step once for its defaults in a whole run, and none that comes later', async () => {
    await runner.plan('lab', 'vault', {});
    expect(proposed).toEqual(['place', 'servers', 'certificates', 'vault']);
    proposed.length = 0;
    await runner.express('lab', {}, report, signal);
    expect(proposed).toEqual(stepIds);
  });

  it('says of a cancelled step that it was cancelled, not that it has a defect', async () => {
    const controller = new AbortController();
    const log = createLog(join(folder, 'cancelled.jsonl'));
    const steps = markSteps(world, applied, broken).map((step) =>
      step.id === 'place'
        ? {
            ...step,
            apply: async () => {
              controller.abort();
              controller.signal.throwIfAborted();
            },
          }
        : step,
    ) as AnyStep[];
    const publish = (): void => undefined;
    const cancelled = createRunner({
      dataFolder: folder,
      journal: async (...entry) => void journaled.push(entry),
      steps,
      log,
      publish,
      jobs: createJobRunner(publish, log),
      open: async () => ({ stack: stackOf('lab', place, '2026-01-01T00:00:00Z') }) as unknown as StackAccess,
    });
    await expect(cancelled.apply('lab', 'place', { ...place }, report, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    const [first] = (await cancelled.record('lab').read())?.steps ?? [];
    expect(first).toMatchObject({ state: 'failed', error: { code: 'cancelled' } });
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { type PlaceInput, placeInput, type StepId, stepIds, stepInputs } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { AnyStep, StackAccess, StepContext } from '../../jobs/step.ts';
import { createLog } from '../../platform/log.ts';
import { type Alone, createAlone } from './alone.ts';
import { createSetup } from './handlers.ts';
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
const signal = new AbortController().signal;
const report = (): void => undefined;

describe('a step by itself', () => {
  let folder: string;
  let runner: Runner;
  let alone: Alone;
  /** What the steps were asked to apply, and what keeps them from it. */
  let applied: [StepId, unknown][];
  let skipped: Set<StepId>;
  let whileApplying: () => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-alone-'));
    applied = [];
    skipped = new Set();
    whileApplying = () => undefined;
    const log = createLog(join(folder, 'log.jsonl'));
    const publish = (): void => undefined;
    const access = { stack: stackOf('lab', place, 'now') } as unknown as StackAccess;
    const steps = stepsThatTell();
    runner = createRunner({
      open: async () => access,
      publish,
      jobs: createJobRunner(publish, log),
      log,
      dataFolder: folder,
      journal: async () => undefined,
      steps,
    });
    alone = createAlone({ steps, contextOf: runner.contextOf });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Steps whose evidence names the input that they were checked with. */
  function stepsThatTell(): AnyStep[] {
    const defaults: Partial<Record<StepId, unknown>> = {
      place,
      key: { name: 'first' },
      minio: { defaultKey: 'first', autoEncryption: false },
    };
    return stepIds.map((id) => ({
      id,
      ...(id === 'bucket' ? { alone: { propose: async () => ({ bucket: '', rule: 'sse-kms', key: 'first' }) } } : {}),
      ...(id === 'unseal' ? { alone: { requires: async () => Promise.reject(new AppError('vaultNotInitialised', { host: 'v' })) } } : {}),
      skips: async () => (skipped.has(id) ? say('setup.stale') : undefined),
      propose: async () =>
        defaults[id] ?? (id === 'bucket' ? { bucket: 'first-bucket', rule: 'sse-kms' } : stepInputs[id].safeParse({}).data),
      plan: async () => ({ changes: [say('setup.stale')], warnings: [], commands: [], files: [], seconds: 1 }),
      apply: async (_context: StepContext, input: unknown) => {
        applied.push([id, input]);
        whileApplying();
      },
      check: async (_context: StepContext, input: unknown) => [
        { text: say('setup.stale'), at: 'then', from: id, outcome: 'ok' as const, answer: JSON.stringify(input) },
      ],
    })) as unknown as AnyStep[];
  }
  const recordFile = () => readFile(join(folder, 'stacks', 'lab', 'setup.json'), 'utf8');

  it('runs on a stack that never had a set-up, and makes no record of one', async () => {
    const { evidence } = await alone.run('lab', 'key', { name: 'second' }, report, signal);
    expect(applied).toEqual([['key', { name: 'second' }]]);
    expect(evidence).toMatchObject([{ from: 'key', answer: '{"name":"second"}' }]);
    await expect(recordFile()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('needs no earlier step, and leaves the record of the set-up as it was', async () => {
    await runner.record('lab').write(newSetup('lab', 'guided', place));
    const before = await recordFile();
    await alone.plan('lab', 'key', { name: 'second' });
    await alone.run('lab', 'key', { name: 'second' }, report, signal);
    expect(await recordFile()).toBe(before);
  });

  it('gives the evidence that the guided step gives for the same input', async () => {
    await runner.record('lab').write(newSetup('lab', 'guided', place));
    for (const id of stepIds.slice(0, stepIds.indexOf('key')))
      await runner.record('lab').change(id, (status) => ({ ...status, state: 'proven' }));
    await runner.apply('lab', 'key', { name: 'second' }, report, signal);
    const guided = (await runner.record('lab').read())?.steps.find(({ id }) => id === 'key')?.evidence;
    expect((await alone.run('lab', 'key', { name: 'second' }, report, signal)).evidence).toEqual(guided);
  });

  it('plans nothing while what only a person knows is missing, and refuses what is wrong', async () => {
    const { plan, input } = await alone.plan('lab', 'bucket', {});
    expect(plan.changes).toEqual([]);
    expect(input).toEqual({ bucket: '', rule: 'sse-kms', key: 'first' });
    expect((await alone.plan('lab', 'bucket', { bucket: 'invoices' })).plan.changes).toHaveLength(1);
    await expect(alone.plan('lab', 'bucket', { bucket: 'A' })).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(alone.run('lab', 'bucket', {}, report, signal)).rejects.toMatchObject({ code: 'invalidInput' });
    expect(applied).toEqual([]);
  });

  it('says what has to be done in the set-up first, already while it plans', async () => {
    await expect(alone.plan('lab', 'unseal', {})).rejects.toMatchObject({ code: 'vaultNotInitialised' });
    await expect(alone.run('lab', 'unseal', {}, report, signal)).rejects.toMatchObject({ code: 'vaultNotInitialised' });
    expect(applied).toEqual([]);
  });

  it('does nothing where the stack leaves nothing to it, and the plan says why', async () => {
    skipped.add('certificates');
    expect((await alone.plan('lab', 'certificates', {})).plan).toMatchObject({ changes: [], warnings: [{ code: 'setup.stale' }] });
    await expect(alone.run('lab', 'certificates', {}, report, signal)).rejects.toMatchObject({ code: 'setupNothingToDo' });
    expect(applied).toEqual([]);
  });

  it('is stopped between apply and check when it is cancelled', async () => {
    const controller = new AbortController();
    whileApplying = () => controller.abort();
    await expect(alone.run('lab', 'key', { name: 'second' }, report, controller.signal)).rejects.toThrow();
    expect(applied).toHaveLength(1);
  });

  it('is one job a stack at a time with the guided steps, and gives its evidence as the job’s result', async () => {
    const log = createLog(join(folder, 'log.jsonl'));
    const publish = (): void => undefined;
    const jobs = createJobRunner(publish, log);
    const access = { stack: stackOf('lab', place, 'now') } as unknown as StackAccess;
    const { handlers } = createSetup({
      open: async () => access,
      publish,
      jobs,
      log,
      dataFolder: folder,
      steps: stepsThatTell(),
      stacks: { list: async () => [], create: async () => access.stack },
      servers: async () => [],
      memoryLock: async () => ({ state: 'notNeeded' }) as never,
      journal: async () => undefined,
      requireDurable: () => undefined,
      portsOfClusters: async () => [],
      startAll: async () => undefined,
    });
    const call = { signal, host: 'cli' as const };
    const order = { stackId: 'lab', step: 'key' as const, input: { name: 'second' } };
    const { jobId } = await handlers['setup.runAlone'](order, call);
    await expect(handlers['setup.runAlone'](order, call)).rejects.toMatchObject({ code: 'setupBusy' });
    expect(await jobs.wait(jobId)).toMatchObject({ state: 'succeeded', result: { evidence: [{ from: 'key' }] } });
    const again = await handlers['setup.runAlone'](order, call);
    expect((await jobs.wait(again.jobId)).state).toBe('succeeded');
  });
});

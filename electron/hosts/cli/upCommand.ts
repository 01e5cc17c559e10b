import { resolve } from 'node:path';
import { AppError } from '../../../shared/rpc/errors.ts';
import { type PlaceInput, placeInput, type StepStatus } from '../../../shared/setup.ts';
import type { Client } from '../../rpc/client.ts';
import { type Flags, readPassphrase } from './arguments.ts';
import { followJobs } from './jobs.ts';
import { printProof, unlockStore } from './stackCommands.ts';
import type { Terminal } from './terminal.ts';

/** From nothing, or from where an earlier `up` stopped, to a proof. Each step is one line; the last line is the proof. */
export async function upCommand(client: Client, terminal: Terminal, flags: Flags): Promise<void> {
  if (flags.dir === undefined) throw new AppError('usage', { reason: 'up needs --dir with the folder of the stack' });
  const started = Date.now();
  const folder = resolve(flags.dir);
  await openStore(client, flags);
  const { stacks } = await client.call('stacks.list', {});
  const stackId = stacks.find((stack) => resolve(stack.folder) === folder)?.id ?? (await createStack(client, flags, folder));
  await requireServers(client, flags, stackId);

  const jobs = followJobs(client, terminal);
  const steps = followSteps(client, terminal, stackId);
  const inputs = flags['build-servers'] ? { servers: { get: true } } : {};
  const { jobId } = await client.call('setup.express', { stackId, inputs });
  try {
    await jobs.wait(jobId);
  } finally {
    await steps.finish();
  }
  await printProof(client, terminal, stackId, started, false);
}

/** The store as asked: what is there is unlocked; a new one is in the keychain unless told otherwise. Never silently in memory. */
async function openStore(client: Client, flags: Flags): Promise<void> {
  const status = await client.call('store.status', {});
  if (status.state !== 'absent') {
    await unlockStore(client, flags);
    return;
  }
  const passphrase = readPassphrase(flags);
  if (passphrase !== undefined && flags.practice) throw new AppError('usage', { reason: '--practice and a passphrase exclude each other' });
  if (passphrase !== undefined) await client.call('store.create', { mode: 'passphrase', passphrase });
  else if (flags.practice) await client.call('store.create', { mode: 'practice' });
  else if (status.keychain.available) await client.call('store.create', { mode: 'keychain' });
  else throw new AppError('storeChoice', { reason: status.keychain.reason ?? '' });
}

async function createStack(client: Client, flags: Flags, folder: string): Promise<string> {
  const product = flags['key-store'];
  if (product !== undefined && product !== 'openbao' && product !== 'vault')
    throw new AppError('usage', { reason: '--key-store is openbao or vault' });
  if (flags.kv !== undefined && flags.kv !== '1' && flags.kv !== '2') throw new AppError('usage', { reason: '--kv is 1 or 2' });
  const proposed = await client.call('setup.propose', {
    folder,
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(product === undefined ? {} : { product }),
  });
  const missing = proposed.binaries.filter((binary) => isNeeded(binary.program, proposed.place.product) && binary.source === 'none');
  if (missing.length > 0 && !flags['build-servers']) throw serversMissing(missing);
  const storage = placeInput.shape.storage.safeParse(flags.storage ?? proposed.place.storage);
  if (!storage.success) throw new AppError('usage', { reason: '--storage is raft, file or inmem' });
  const place: PlaceInput = { ...proposed.place, folder, storage: storage.data, kvVersion: kvOf(flags, proposed.place) };
  return (await client.call('setup.create', { place, mode: 'express' })).stackId;
}

function kvOf(flags: Flags, place: PlaceInput): 1 | 2 {
  if (flags.kv === undefined) return place.kvVersion;
  return flags.kv === '1' ? 1 : 2;
}

/** An earlier `up` may have ended before its servers were there; the agreement is asked for again. */
async function requireServers(client: Client, flags: Flags, stackId: string): Promise<void> {
  if (flags['build-servers']) return;
  const state = await client.call('setup.state', { stackId });
  if (state.steps.some((step) => step.id === 'servers' && step.state === 'proven')) return;
  const { binaries } = await client.call('lab.servers', { stackId });
  const product = (await client.call('stacks.get', { id: stackId })).keyStores[0]?.product ?? 'openbao';
  const missing = binaries.filter((binary) => isNeeded(binary.program, product) && binary.source === 'none');
  if (missing.length > 0) throw serversMissing(missing);
}

function isNeeded(program: string, product: string): boolean {
  return program === product || program === 'kes' || program === 'minio';
}

function serversMissing(missing: readonly { program: string }[]): AppError {
  return new AppError('serversMissing', { programs: missing.map((binary) => binary.program).join(', ') });
}

/** Prints each step once for every state that it reaches, in order, whatever number of events comes in between. */
function followSteps(client: Client, terminal: Terminal, stackId: string): { finish(): Promise<void> } {
  const printed = new Map<string, string>();
  let reading: Promise<void> = Promise.resolve();
  let waiting = false;
  const started = Date.now();
  const read = async (): Promise<void> => {
    waiting = false;
    const { steps } = await client.call('setup.state', { stackId });
    for (const step of steps) {
      const now = `${step.state} ${step.at ?? ''}`;
      const ended = step.state === 'proven' || step.state === 'failed' || step.state === 'skipped';
      // What was true before this run and is checked again gets a line when it was.
      if (!ended || printed.get(step.id) === now || (printed.size === 0 && step.at !== undefined && Date.parse(step.at) < started))
        continue;
      printed.set(step.id, now);
      printStep(terminal, step);
    }
  };
  const soon = (): void => {
    if (waiting) return;
    waiting = true;
    reading = reading.then(read).catch(() => undefined);
  };
  const stop = client.on('setup.changed', (event) => {
    if (event.stackId === stackId) soon();
  });
  return {
    async finish() {
      stop();
      soon();
      await reading;
    },
  };
}

function printStep(terminal: Terminal, step: StepStatus): void {
  const evidence = step.evidence.map((one) => terminal.say(one.text));
  const title = terminal.say({ code: `setup.step.${step.id}` });
  const mark = step.state === 'proven' ? '✓' : step.state === 'failed' ? '✗' : '–';
  const reason = step.reason && terminal.say(step.reason);
  terminal.line([`${mark} ${title}${reason ? ` · ${reason}` : ''}`, ...evidence.map((line) => `    ${line}`)].join('\n'), {
    step: step.id,
    state: step.state,
    at: step.at,
    evidence,
    ...(reason === undefined ? {} : { reason }),
    ...(step.error === undefined ? {} : { error: step.error }),
  });
}

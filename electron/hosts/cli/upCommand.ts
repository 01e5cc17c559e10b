import { basename, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ServerBinary } from '../../../shared/lab.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { type PlaceInput, placeInput, type StepStatus } from '../../../shared/setup.ts';
import { type OtherKeyStore, stackName } from '../../../shared/stacks.ts';
import { requireFolder } from '../../platform/requireFolder.ts';
import type { Client } from '../../rpc/client.ts';
import { type Flags, readPassphrase, realFolder } from './arguments.ts';
import { followJobs, type JobFollower } from './jobs.ts';
import { type KeyStoreWish, otherKeyStores, readKeyStoreFile } from './keyStoreFile.ts';
import { newestProof, printProof, throwDamaged } from './stackCommands.ts';
import type { Terminal } from './terminal.ts';

/** Refuses what `up` cannot do before an engine runs, or a folder is made, for it. Throws `usage`, `folderIsFile`. */
export function checkUp(flags: Flags): void {
  if (flags.dir === undefined) throw new AppError('usage', { reason: 'up needs --dir with the folder of the stack' });
  if (flags.practice && (flags['passphrase-file'] !== undefined || flags['passphrase-fd'] !== undefined))
    throw new AppError('usage', { reason: '--practice and a passphrase exclude each other' });
  wishOf(flags);
  requireFolder(resolve(flags.dir));
}

/** From nothing, or from where an earlier `up` stopped, to a proof. Each step is one line; the last line is the proof. */
export async function upCommand(client: Client, terminal: Terminal, flags: Flags): Promise<void> {
  if (flags.dir === undefined) throw new AppError('usage', { reason: 'up needs --dir with the folder of the stack' });
  const wish = wishOf(flags);
  const started = Date.now();
  const folder = realFolder(flags.dir);
  const known = await stackIn(client, folder);
  if (known !== undefined) await requireSame(client, known, wish);
  await requireServers(client, flags, wish, known);
  await openStore(client, flags);
  const stackId = known ?? (await createStack(client, wish, folder));
  await giveSecrets(client, stackId, wish);

  const jobs = followJobs(client, terminal);
  const steps = followSteps(client, terminal, stackId);
  const place = known === undefined ? undefined : await changedPlace(client, known, wish);
  const inputs: Inputs = { ...(flags['build-servers'] ? { servers: { get: true } } : {}), ...(place ? { place } : {}) };
  try {
    await jobs.wait(await startExpress(client, jobs, stackId, inputs));
    // A proof that failed or was cut off after the set-up's own is made anew; it puts back first what was withheld.
    const proof = await newestProof(client, stackId);
    if (proof?.result !== 'proven') await jobs.wait((await client.call('proof.run', { stackId })).jobId);
  } finally {
    await steps.finish();
  }
  await printProof(client, terminal, stackId, started, false);
}

type Inputs = { servers?: { get: boolean }; place?: PlaceInput };

/** A set-up that is at work already, perhaps of an `up` whose terminal was closed, is followed to its end first. */
async function startExpress(client: Client, jobs: JobFollower, stackId: string, inputs: Inputs): Promise<string> {
  for (;;) {
    const { jobId } = await client.call('setup.state', { stackId });
    if (jobId !== undefined) {
      await jobs.wait(jobId).catch((error: unknown) => {
        // Its own failure is told by the run that comes now.
        if (isAppError(error, 'cancelled') || isAppError(error, 'connectionLost')) throw error;
      });
      continue;
    }
    try {
      return (await client.call('setup.express', { stackId, inputs })).jobId;
    } catch (error) {
      if (!isAppError(error, 'setupBusy')) throw error;
    }
  }
}

/** The store as asked: what is there is unlocked; a new one is in the keychain unless told otherwise. Never silently in memory. */
export async function openStore(client: Client, flags: Flags): Promise<void> {
  const status = await client.call('store.status', {});
  const passphrase = readPassphrase(flags);
  const asked = passphrase !== undefined ? 'passphrase' : flags.practice ? 'practice' : undefined;
  if (status.state !== 'absent') {
    if (asked !== undefined && status.mode !== undefined && status.mode !== asked)
      throw new AppError('stackDiffers', { what: '@cliCredentialStore', has: status.mode, asked });
    if (status.state === 'locked') await client.call('store.unlock', passphrase === undefined ? {} : { passphrase });
    return;
  }
  if (asked === undefined && !status.keychain.available) throw new AppError('storeChoice', { reason: status.keychain.reason ?? '' });
  try {
    await client.call('store.create', { mode: asked ?? 'keychain', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    // Another `up` was quicker.
    if (!isAppError(error, 'storeExists')) throw error;
    await openStore(client, flags);
  }
}

/** What was asked for by options. Throws `usage` before anything is looked at. */
interface Wish {
  name?: string;
  product?: PlaceInput['product'];
  storage?: PlaceInput['storage'];
  kvVersion?: PlaceInput['kvVersion'];
  /** A key store that is not Vault. */
  other?: KeyStoreWish;
}

/** Standard input has no second time: what was read for these options is kept. */
const read = new WeakMap<Flags, KeyStoreWish>();

function wishOf(flags: Flags): Wish {
  const store = flags['key-store'];
  const kind = store === undefined || !Object.hasOwn(otherKeyStores, store) ? undefined : otherKeyStores[store];
  if (kind === undefined && store !== undefined && store !== 'openbao' && store !== 'vault')
    throw new AppError('usage', { reason: `--key-store is openbao, vault, ${Object.keys(otherKeyStores).join(', ')}` });
  const file = flags['key-store-file'];
  if (kind === undefined && file !== undefined)
    throw new AppError('usage', { reason: '--key-store-file belongs to a --key-store that is not Vault' });
  if (kind !== undefined && (flags.kv !== undefined || flags.storage !== undefined))
    throw new AppError('usage', { reason: '--kv and --storage belong to Vault' });
  const product = kind === undefined && (store === 'openbao' || store === 'vault') ? store : undefined;
  const other = kind === undefined ? undefined : (read.get(flags) ?? readKeyStoreFile(kind, file));
  if (other !== undefined) read.set(flags, other);
  if (flags.kv !== undefined && flags.kv !== '1' && flags.kv !== '2') throw new AppError('usage', { reason: '--kv is 1 or 2' });
  const storage = placeInput.shape.storage.optional().safeParse(flags.storage);
  if (!storage.success) throw new AppError('usage', { reason: '--storage is raft, file or inmem' });
  return {
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(product === undefined ? {} : { product }),
    ...(other === undefined ? {} : { other }),
    ...(flags.storage === undefined || storage.data === undefined ? {} : { storage: storage.data }),
    ...(flags.kv === undefined ? {} : { kvVersion: flags.kv === '1' ? 1 : 2 }),
  };
}

async function stackIn(client: Client, folder: string): Promise<string | undefined> {
  const { stacks, damaged } = await client.call('stacks.list', {});
  const found = stacks.find((stack) => realFolder(stack.folder) === folder);
  // A document that cannot be read may be the one of this folder: making another would write over its files.
  if (found === undefined) throwDamaged(damaged);
  return found?.id;
}

/** A stack keeps what it was made with. An option that says otherwise is refused, never ignored. */
async function requireSame(client: Client, id: string, wish: Wish): Promise<void> {
  const stack = await client.call('stacks.get', { id });
  const store = stack.keyStores[0];
  const pairs: [string, string | number | undefined, string | number | undefined][] = [
    ['--name', stack.name, wish.name],
    ['--key-store', stack.otherKeyStores?.[0]?.kind ?? store?.product, wish.other?.choice.kind ?? wish.product],
    ...(wish.other && (await placeIs(client, id)).proven ? lineDifferences(stack.otherKeyStores?.[0], wish.other) : []),
    ['--storage', store?.storage, wish.storage],
    ['--kv', store?.engine.version, wish.kvVersion],
  ];
  for (const [what, has, asked] of pairs)
    if (asked !== undefined && has !== undefined && has !== asked) throw new AppError('stackDiffers', { what, has, asked });
}

/** The first step as it was filled in, and whether it was seen to be right. */
async function placeIs(client: Client, stackId: string): Promise<{ proven: boolean; place: PlaceInput | undefined }> {
  const step = (await client.call('setup.state', { stackId })).steps.find(({ id }) => id === 'place');
  return { proven: step?.state === 'proven', place: placeInput.safeParse(step?.input).data };
}

/** The place with a CA, a proxy or an address that is another one now, as after a first one that was wrong. */
async function changedPlace(client: Client, stackId: string, { other }: Wish): Promise<PlaceInput | undefined> {
  if (other === undefined) return undefined;
  const { place } = await placeIs(client, stackId);
  if (place === undefined || isDeepStrictEqual(place.keyStore, other.choice)) return undefined;
  return { ...place, keyStore: other.choice };
}

/** Credentials, CA and proxy may be given again; the place of the keys stays what it is. */
function lineDifferences(has: OtherKeyStore | undefined, asked: KeyStoreWish | undefined): [string, string, string][] {
  if (has === undefined || asked === undefined) return [];
  const names = new Set([...Object.keys(has.values), ...Object.keys(asked.choice.values)]);
  return [...names].map((name) => [`--key-store-file, ${name}`, has.values[name] ?? '-', asked.choice.values[name] ?? '-']);
}

async function giveSecrets(client: Client, stackId: string, { other }: Wish): Promise<void> {
  if (other === undefined || Object.keys(other.secrets).length === 0) return;
  await client.call('keyStores.give', { stackId, kind: other.choice.kind, secrets: other.secrets });
}

async function createStack(client: Client, wish: Wish, folder: string): Promise<string> {
  const { storage, kvVersion, other, ...named } = wish;
  // A stack is called like its folder, unless that is no name or another one has it.
  const likeFolder = stackName.safeParse(basename(folder)).data;
  const { stacks } = await client.call('stacks.list', {});
  const own = likeFolder === undefined || stacks.some(({ name }) => name === likeFolder) ? {} : { name: likeFolder };
  const proposed = await client.call('setup.propose', { folder, ...own, ...named });
  const place: PlaceInput = {
    ...proposed.place,
    folder,
    storage: storage ?? proposed.place.storage,
    kvVersion: kvVersion ?? proposed.place.kvVersion,
    ...(other ? { keyStore: other.choice } : {}),
  };
  try {
    return (await client.call('setup.create', { place, mode: 'express' })).stackId;
  } catch (error) {
    // Another `up` for this folder was quicker.
    const made = isAppError(error, 'folderUsed') ? await stackIn(client, folder) : undefined;
    if (made === undefined) throw error;
    await requireSame(client, made, wish);
    return made;
  }
}

/** Asked before anything is made. An earlier `up` may have ended before its servers were there; the agreement is asked for again. */
async function requireServers(client: Client, flags: Flags, wish: Wish, stackId: string | undefined): Promise<void> {
  if (flags['build-servers']) return;
  const { binaries, product } = stackId === undefined ? await proposedServers(client, wish) : await serversOf(client, stackId);
  const missing = binaries.filter((binary) => isNeeded(binary.program, product) && binary.source === 'none');
  if (missing.length === 0) return;
  throw new AppError('serversMissing', {
    programs: missing.map((binary) => binary.program).join(', '),
    megabytes: missing.reduce((sum, { offer }) => sum + (offer?.megabytes ?? 0), 0),
    minutes: missing.reduce((sum, { offer }) => sum + (offer?.minutes ?? 0), 0),
  });
}

async function proposedServers(client: Client, { product, other }: Wish): Promise<{ binaries: ServerBinary[]; product: string }> {
  const { binaries, place } = await client.call('setup.propose', product === undefined ? {} : { product });
  return { binaries, product: other ? '' : place.product };
}

async function serversOf(client: Client, stackId: string): Promise<{ binaries: ServerBinary[]; product: string }> {
  const state = await client.call('setup.state', { stackId });
  const { binaries } = await client.call('lab.servers', { stackId });
  const { keyStores, otherKeyStores: others } = await client.call('stacks.get', { id: stackId });
  const product = others?.length ? '' : (keyStores[0]?.product ?? 'openbao');
  const proven = state.steps.some((step) => step.id === 'servers' && step.state === 'proven');
  // What was proven may have gone meanwhile; then the step itself says so.
  return { binaries: proven ? [] : binaries, product };
}

function isNeeded(program: string, product: string): boolean {
  return program === product || program === 'kes' || program === 'minio';
}

/**
 * One line for each step, when it was proven in this run; at the end also for what failed, and for what had been proven
 * before and needed no second look. A check that fails in between only means that the step is applied again.
 */
function followSteps(client: Client, terminal: Terminal, stackId: string): { finish(): Promise<void> } {
  const printed = new Set<string>();
  const started = Date.now();
  let reading: Promise<void> = Promise.resolve();
  let waiting = false;
  const read = async (atEnd: boolean): Promise<void> => {
    waiting = false;
    const { steps } = await client.call('setup.state', { stackId });
    for (const step of steps) {
      const done = step.state === 'proven' || step.state === 'skipped';
      const fresh = done && step.at !== undefined && Date.parse(step.at) >= started;
      if (printed.has(step.id) || !(fresh || (atEnd && (done || step.state === 'failed')))) continue;
      printed.add(step.id);
      printStep(terminal, step);
    }
  };
  const stop = client.on('setup.changed', (event) => {
    if (event.stackId !== stackId || waiting) return;
    waiting = true;
    reading = reading.then(() => read(false)).catch(() => undefined);
  });
  return {
    async finish() {
      stop();
      await reading;
      await read(true).catch(() => undefined);
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

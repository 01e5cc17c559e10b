import type { StoreStatus } from '../../../shared/app.ts';
import { program, type ServerProcess } from '../../../shared/lab.ts';
import { clusterName, membersOf } from '../../../shared/projected.ts';
import type { Proof } from '../../../shared/proof.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { serverNames } from '../../../shared/servers.ts';
import { say } from '../../../shared/text.ts';
import type { Client } from '../../rpc/client.ts';
import type { Flags } from './arguments.ts';
import { readPassphrase, realFolder } from './arguments.ts';
import { followJobs, type JobFollower } from './jobs.ts';
import type { Terminal } from './terminal.ts';

/** The stack that is meant: by id, by folder, or the only one there is. Throws `stackUnknown`, `stackNone`, `stackSeveral`, `minioClusterUnknown`. */
export async function pickStack(client: Client, flags: Flags): Promise<{ id: string; name: string; folder: string }> {
  const { stacks, damaged } = await client.call('stacks.list', {});
  const dir = flags.dir === undefined ? undefined : realFolder(flags.dir);
  const fitting = stacks.filter(
    (stack) =>
      // A generated sample is nobody's stack: it is meant only where it is named.
      (flags.stack === undefined ? stack.origin !== 'sample' : stack.id === flags.stack) &&
      (dir === undefined || realFolder(stack.folder) === dir),
  );
  const [only, second] = fitting;
  if (only && !second) {
    // A list of a cluster that is not there would be empty, as if nothing had been done.
    if (flags.cluster !== undefined) membersOf(await client.call('stacks.get', { id: only.id }), flags.cluster);
    return only;
  }
  if (!only) throwDamaged(damaged);
  if (second) throw new AppError('stackSeveral', { ids: fitting.map((stack) => stack.id).join(', ') });
  const asked = flags.stack ?? dir;
  throw asked === undefined ? new AppError('stackNone') : new AppError('stackUnknown', { id: asked });
}

type Damaged = readonly { id: string; error: { code: string; details?: AppError['details'] | undefined } }[];

/** Says why a stack cannot be found, where a document cannot be read. */
export function throwDamaged(damaged: Damaged | undefined): void {
  const [first] = damaged ?? [];
  if (first) throw AppError.of(first.error);
}

/** Opens the credential store, which is needed before secrets of a stack are used. */
export async function unlockStore(client: Client, flags: Flags): Promise<StoreStatus> {
  const status = await client.call('store.status', {});
  if (status.state !== 'locked') return status;
  const passphrase = readPassphrase(flags);
  return client.call('store.unlock', passphrase === undefined ? {} : { passphrase });
}

/** What runs, where its data lies, and the stacks in it. */
export async function statusCommand(client: Client, terminal: Terminal, flags: Flags): Promise<void> {
  const info = await client.call('app.info', {});
  const store = await client.call('store.status', {});
  const { stacks, damaged } = await client.call('stacks.list', {});
  const dir = flags.dir === undefined ? undefined : realFolder(flags.dir);
  const shown = stacks.filter(
    (stack) => (flags.stack === undefined || stack.id === flags.stack) && (dir === undefined || realFolder(stack.folder) === dir),
  );
  if ((flags.stack !== undefined || dir !== undefined) && shown.length === 0) {
    throwDamaged(damaged);
    throw new AppError('stackUnknown', { id: flags.stack ?? dir ?? '' });
  }
  const { say: tell } = terminal;
  const kept = [
    tell(say('cli.store', { state: `@cli.store.state.${store.state}` })),
    ...(store.mode ? [tell(say(`cli.store.mode.${store.mode}`))] : []),
  ];
  terminal.line(`${tell(say('cli.data', { folder: info.dataFolder }))}\n${kept.join(' · ')}`, {
    data: info.dataFolder,
    version: info.version,
    store,
  });
  for (const stack of shown) {
    // Behind a generated sample there are none that could be asked.
    const sample = stack.origin === 'sample';
    const { servers } = sample ? { servers: [] } : await client.call('lab.status', { stackId: stack.id });
    const lines = servers.map(
      (server) =>
        `  ${nameIn(server, servers)} · ${tell(say(`cli.server.${server.state}`))} · ${server.url}${server.pid === undefined ? '' : ` · pid ${server.pid}`}`,
    );
    const { proven, total } = stack.setup;
    const state = tell(sample ? say('cli.sample') : say('cli.steps', { proven, total }));
    terminal.line([`${stack.id} · ${state} · ${stack.folder}`, ...lines].join('\n'), { stack, servers });
  }
  if (flags.stack === undefined && dir === undefined) throwDamaged(damaged);
}

/** With several of a kind its node is told, by which `cluster list` says whose it is. */
function nameIn({ kind, node }: ServerProcess, servers: readonly ServerProcess[]): string {
  return servers.filter((one) => one.kind === kind).length > 1 ? `${serverNames[kind]} ${node}` : serverNames[kind];
}

/** Ends the servers of a stack; nothing of it keeps running. */
export async function downCommand(client: Client, terminal: Terminal, flags: Flags): Promise<void> {
  const stack = await pickStack(client, flags);
  const jobs = followJobs(client, terminal);
  await endWork(client, jobs, stack.id);
  const { jobId } = await client.call('lab.stop', { stackId: stack.id });
  await jobs.wait(jobId);
  const { servers } = await client.call('lab.status', { stackId: stack.id });
  const left = servers.filter((server) => server.state === 'running');
  terminal.line(terminal.say(say('cli.stopped', { stack: stack.id })), {
    stack: stack.id,
    stopped: left.length === 0,
    running: left.map((server) => server.kind),
  });
}

/** A set-up at work would start again what is stopped; a cancelled proof first puts its key back, for which it needs the servers. */
async function endWork(client: Client, jobs: JobFollower, stackId: string): Promise<void> {
  const { jobs: known } = await client.call('jobs.list', {});
  for (const job of known.filter((one) => one.stackId === stackId && one.state === 'running')) {
    await client.call('jobs.cancel', { id: job.id });
    await jobs.wait(job.id).catch((error: unknown) => {
      if (isAppError(error, 'connectionLost')) throw error;
    });
  }
}

/** Makes a proof and tells its result. Throws what broke it. */
export async function proveCommand(client: Client, terminal: Terminal, flags: Flags): Promise<void> {
  const { level } = flags;
  if (level !== undefined && level !== 'chain' && level !== 'dependency' && level !== 'rule')
    throw new AppError('usage', { reason: '--level is chain, dependency or rule' });
  await unlockStore(client, flags);
  const stack = await pickStack(client, flags);
  const jobs = followJobs(client, terminal);
  const started = Date.now();
  const { jobId } = await client.call('proof.run', { stackId: stack.id, ...(level === undefined ? {} : { level }) });
  await jobs.wait(jobId);
  await printProof(client, terminal, stack.id, started, true, flags.cluster);
}

/** The proof that was begun last, whatever its result. */
export async function newestProof(client: Client, stackId: string): Promise<Proof | undefined> {
  const { proofs } = await client.call('proof.list', { stackId });
  return proofs.toSorted((one, other) => other.startedAt.localeCompare(one.startedAt))[0];
}

/** Prints the newest proof of a stack or of its cluster. Throws `notProven` when it proved nothing. */
export async function printProof(
  client: Client,
  terminal: Terminal,
  stackId: string,
  started: number,
  withEvents: boolean,
  cluster?: string,
): Promise<void> {
  const proof = await newestProof(client, stackId);
  for (const event of withEvents ? (proof?.events ?? []) : []) {
    const told = { what: terminal.say(event.what), detail: terminal.say(event.detail) };
    terminal.line(`${event.at} ${told.what} · ${told.detail} · ${event.answer}`, {
      at: event.at,
      ...told,
      answer: event.answer,
      outcome: event.outcome,
    });
  }
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  const result = proof?.result ?? 'notProven';
  const words = [
    terminal.say(say('cli.proof', { result: `@cli.proof.result.${result}` })),
    ...(proof ? [terminal.say(say(`cli.proof.level.${proof.level}`))] : []),
    clusterName(stackId, cluster),
    terminal.say(say('cli.seconds', { seconds })),
  ];
  terminal.line(words.join(' · '), {
    proof: result,
    ...(proof ? { level: proof.level, report: proof.id, protected: proof.protected } : {}),
    stack: stackId,
    ...(cluster === undefined ? {} : { cluster }),
    seconds,
  });
  if (result !== 'proven') throw new AppError('notProven', { stack: clusterName(stackId, cluster) });
}

/** Lists the server programs that were found, or gets those of `--get`. */
export async function serversCommand(client: Client, terminal: Terminal, flags: Flags): Promise<void> {
  if (flags.get !== undefined) {
    const programs = flags.get.split(',').map((name) => {
      const known = program.safeParse(name.trim());
      if (!known.success) throw new AppError('usage', { reason: `--get takes ${program.options.join(', ')}` });
      return known.data;
    });
    const jobs = followJobs(client, terminal);
    const { jobId } = await client.call('lab.get', { programs });
    await jobs.wait(jobId);
  }
  const { binaries, cache } = await client.call('lab.servers', {});
  for (const binary of binaries) {
    const offer =
      binary.offer &&
      `${binary.offer.way}, ${binary.offer.megabytes} MB, ${binary.offer.minutes} min, ${binary.offer.licence}${binary.offer.missing ? ` (${binary.offer.missing}!)` : ''}`;
    terminal.line(`${binary.program}\t${binary.source}\t${binary.version ?? '-'}\t${binary.path ?? offer ?? '-'}`, { ...binary, cache });
  }
}

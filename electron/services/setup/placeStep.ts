import { lookup } from 'node:dns/promises';
import { statfs } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../../shared/rpc/errors.ts';
import { serverKinds, serverNames, wayOf } from '../../../shared/servers.ts';
import { type Evidence, type PlaceInput, type StepPlan, serverOfPort } from '../../../shared/setup.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { testHops } from '../../platform/hops.ts';
import { portIsFree } from '../../platform/ports.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { checkPlace, placeWarnings, portsHere } from './checkPlace.ts';
import { placed } from './placeDocument.ts';
import { keepKeyStoreCa, keyStoreChanges, keyStoreEvidence, keyStoreWarnings } from './placeKeyStore.ts';
import { nextFree } from './ports.ts';

const probe = '.sealdeck-write-test';

export const placeStep: Step<'place'> = {
  id: 'place',
  propose: async (context) => context.inputs.place,

  async plan(context, place): Promise<StepPlan> {
    checkPlace(place);
    return {
      changes: [
        say('setup.place.folder', { folder: place.folder }),
        say('setup.place.record', { name: place.name }),
        ...serverKinds.flatMap((kind) => wayText(place, kind)),
        ...keyStoreChanges(place),
      ],
      warnings: [
        ...placeWarnings(place, context.secrets.has('vault.operator') || context.secrets.has('vault.init')),
        ...keyStoreWarnings(context, place),
      ],
      commands: [{ comment: say('setup.place.folderCommand'), line: `install -d -m 0700 ${shellWord(place.folder)}` }],
      files: [],
      seconds: 1,
    };
  },

  async apply(context, place) {
    checkPlace(place);
    const before = wayOf(context.stack, 'vault');
    // Its shares open that Vault and no other, and they exist nowhere else.
    if (context.secrets.has('vault.init') && before !== 'none' && before !== place.servers.vault.way)
      throw new AppError('placeVaultHolds', { stack: context.stack.name });
    await context.folder.makeFolder('.', 0o700);
    await context.folder.makeFolder('logs', 0o700);
    // A server that leaves this machine must not run on without a stack that knows it.
    for (const kind of serverKinds.toReversed())
      if (wayOf(context.stack, kind) === 'here' && place.servers[kind].way !== 'here') await context.servers.stop(kind);
    await keepKeyStoreCa(context, place);
    await context.update((stack) => placed(stack, place));
  },

  async check(context, place) {
    const elsewhere = await Promise.all(serverKinds.map((kind) => hopEvidence(context, place, kind)));
    return [
      await folderEvidence(context),
      ...(await portEvidence(context, place)),
      ...(await hostEvidence(place)),
      ...elsewhere.flat(),
      ...(await keyStoreEvidence(context)),
      ...(await spaceEvidence(place)),
    ];
  },
};

function wayText(place: PlaceInput, kind: ServerKind): Text[] {
  const server = place.servers[kind];
  const name = serverNames[kind];
  if (server.way === 'api') return [say('setup.place.byApi', { server: name, url: server.url })];
  if (server.way === 'handedOver') return [say('setup.place.handedOver', { server: name, url: server.url, folder: server.folder })];
  // With another key store there is no Vault, and nothing of it is left out.
  const unknown = server.way === 'none' && !(kind === 'vault' && place.keyStore.kind !== 'vault');
  return unknown ? [say('setup.place.none', { server: name })] : [];
}

async function folderEvidence(context: StepContext): Promise<Evidence> {
  await context.folder.write(probe, 'x', 0o600);
  await context.folder.remove(probe);
  const mode = await context.folder.mode('.');
  const text =
    mode === undefined
      ? say('setup.place.evidence.folderPlain')
      : say('setup.place.evidence.folder', { mode: mode.toString(8).padStart(4, '0') });
  return seen('disk', text);
}

async function portEvidence(context: StepContext, place: PlaceInput): Promise<Evidence[]> {
  const out: Evidence[] = [];
  const ports = portsHere(place);
  const taken = new Set(ports.map(([, port]) => port));
  for (const [name, port] of ports) {
    const server = serverOfPort[name];
    if (await becomesFree(port, context, server)) out.push(seen('disk', say('setup.place.evidence.port', { port, server })));
    else if ((await context.servers.status(server)).state === 'running')
      out.push(seen('disk', say('setup.place.evidence.portOurs', { port, server })));
    else throw new AppError('portTaken', { port, server: serverNames[server], free: await nextFree(port + 1, taken) });
  }
  return out;
}

/** A server of this stack that was killed a moment ago may still hold its port. */
async function becomesFree(port: number, context: StepContext, server: ServerKind): Promise<boolean> {
  for (let tries = 0; ; tries += 1) {
    if (await portIsFree(port)) return true;
    if (tries >= 10 || (await context.servers.status(server)).state === 'running') return false;
    await wait(100);
  }
}

/** Names are for the certificates of servers on this machine. */
async function hostEvidence(place: PlaceInput): Promise<Evidence[]> {
  if (portsHere(place).length === 0) return [];
  const names = place.hosts.filter((host) => isIP(host) === 0);
  return Promise.all(
    names.map(async (host) => {
      const found = await lookup(host).catch(() => undefined);
      return found
        ? seen('name service', say('setup.place.evidence.host', { host, address: found.address }))
        : seen('name service', say('setup.place.evidence.hostUnknown', { host }), undefined, 'warn');
    }),
  );
}

/** Whether the way to a server elsewhere is open. One that is handed over need not be there yet. Throws the hop's own error. */
async function hopEvidence(context: StepContext, place: PlaceInput, kind: ServerKind): Promise<Evidence[]> {
  const server = place.servers[kind];
  if (server.way !== 'api' && server.way !== 'handedOver') return [];
  const about = { server: serverNames[kind], url: server.url };
  // Whom to believe is asked later: here only the road counts.
  const [name, tcp] = await testHops({ ca: [] }, server.url, context.signal);
  const failed = [name, tcp].find((hop) => hop?.outcome === 'fail')?.error;
  if (failed === undefined)
    return [seen(kind, say('setup.place.evidence.open', { ...about, address: name?.address ?? '' }), `${tcp?.ms ?? 0} ms`)];
  if (server.way === 'api') throw AppError.of(failed);
  return [seen(kind, say('setup.place.evidence.notYet', about), failed.code, 'info')];
}

async function spaceEvidence(place: PlaceInput): Promise<Evidence[]> {
  const space = await statfs(place.folder).catch(() => undefined);
  if (space === undefined) return [];
  const gib = Math.floor((space.bavail * space.bsize) / 2 ** 30);
  return [seen('disk', say('setup.place.evidence.space', { gib }), undefined, gib < 2 ? 'warn' : 'ok')];
}

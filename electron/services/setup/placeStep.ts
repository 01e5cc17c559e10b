import { lookup } from 'node:dns/promises';
import { statfs } from 'node:fs/promises';
import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Evidence, PlaceInput, StepPlan } from '../../../shared/setup.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { portIsFree } from '../../platform/ports.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { placed } from './placeDocument.ts';
import { nextFree, type PortName } from './ports.ts';

const serverOf: Record<PortName, ServerKind> = { vault: 'vault', vaultCluster: 'vault', kes: 'kes', minio: 'minio', minioConsole: 'minio' };
const probe = '.sealdeck-write-test';

/** Refuses what could never work, before anything is made. Throws `folderRelative`, `folderCharacters`, `portTwice`, `hostMissing`. */
export function checkPlace(place: PlaceInput): void {
  if (!isAbsolute(place.folder)) throw new AppError('folderRelative', { folder: place.folder });
  // MinIO reads braces as a range of disks, and its environment file has no form for a line break.
  if (/[{}\p{Cc}]/u.test(place.folder)) throw new AppError('folderCharacters', { folder: place.folder });
  const seen = new Set<number>();
  for (const port of Object.values(place.ports)) {
    if (seen.has(port)) throw new AppError('portTwice', { port });
    seen.add(port);
  }
  if (!place.hosts.some((host) => isIP(host) !== 0)) throw new AppError('hostMissing', { hosts: place.hosts.join(', ') });
}

export const placeStep: Step<'place'> = {
  id: 'place',
  propose: async (context) => context.inputs.place,

  async plan(_context, place): Promise<StepPlan> {
    checkPlace(place);
    return {
      changes: [say('setup.place.folder', { folder: place.folder }), say('setup.place.record', { name: place.name })],
      warnings: [],
      commands: [{ comment: say('setup.place.folderCommand'), line: `install -d -m 0700 ${shellWord(place.folder)}` }],
      files: [],
      seconds: 1,
    };
  },

  async apply(context, place) {
    checkPlace(place);
    await context.folder.makeFolder('.', 0o700);
    await context.folder.makeFolder('logs', 0o700);
    await context.update((stack) => placed(stack, place));
  },

  async check(context, place) {
    return [
      await folderEvidence(context),
      ...(await portEvidence(context, place)),
      ...(await hostEvidence(place)),
      ...(await spaceEvidence(place)),
    ];
  },
};

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
  const taken = new Set(Object.values(place.ports));
  for (const [name, port] of Object.entries(place.ports) as [PortName, number][]) {
    const server = serverOf[name];
    if (await becomesFree(port, context, server)) out.push(seen('disk', say('setup.place.evidence.port', { port, server })));
    else if ((await context.servers.status(server)).state === 'running')
      out.push(seen('disk', say('setup.place.evidence.portOurs', { port, server })));
    else throw new AppError('portTaken', { port, server, free: await nextFree(port + 1, taken) });
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

async function hostEvidence(place: PlaceInput): Promise<Evidence[]> {
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

async function spaceEvidence(place: PlaceInput): Promise<Evidence[]> {
  const space = await statfs(place.folder).catch(() => undefined);
  if (space === undefined) return [];
  const gib = Math.floor((space.bavail * space.bsize) / 2 ** 30);
  return [seen('disk', say('setup.place.evidence.space', { gib }), undefined, gib < 2 ? 'warn' : 'ok')];
}

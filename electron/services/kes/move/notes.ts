import { X509Certificate } from 'node:crypto';
import type { MovePlan } from '../../../../shared/kesMove.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import { identityFor, kesAddress } from '../../../clients/kes/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { portAnswers } from '../../../platform/ports.ts';
import type { Deployment } from './deployment.ts';
import { isLegalName, type SeenStore } from './keys.ts';
import { whoAnswers } from './oldServer.ts';
import { oldArguments } from './oldStart.ts';
import type { MoveState } from './state.ts';
import { isNamed } from './variables.ts';

type Note = MovePlan['notes'][number];

/** What speaks against the move, or should be known before it, and stands at no line of the file. */
export async function notesOf(
  access: StackAccess,
  state: MoveState,
  deployment: Deployment,
  store: SeenStore | undefined,
): Promise<Note[]> {
  return [
    ...(await identityNotes(access, deployment)),
    ...(await addressNotes(access, state, deployment)),
    ...(await serverNotes(access, state, deployment)),
    ...(await otherNodes(access, deployment)),
    ...storeNotes(deployment, store),
  ];
}

/** Names that today's server would not take, so that what they sealed stays shut: found before anything is touched. */
function storeNotes({ config }: Deployment, store: SeenStore | undefined): Note[] {
  if (store === undefined) return config.keyStore?.kind === 'vault' ? [] : [{ level: 'warn', text: say('kesMoveNoteOtherStore') }];
  const { engine, place, mountVersion, names, login, policy } = store;
  const outside = names.filter((name) => !isLegalName(name));
  return [
    ...(engine !== undefined && mountVersion !== undefined && mountVersion !== engine.version
      ? [{ level: 'stop', text: say('kesMoveNoteMount', { mount: engine.mount, says: engine.version, is: mountVersion }) } as const]
      : []),
    ...(names.length === 0 ? [{ level: 'stop', text: say('kesMoveNoteNoKeys', { path: place }) } as const] : []),
    ...(outside.length > 0
      ? [{ level: 'stop', text: say('kesMoveNoteNames', { names: outside.join(', ').slice(0, 500), count: outside.length }) } as const]
      : []),
    ...(login ? [] : [{ level: 'warn', text: say('kesMoveNoteLogin') } as const]),
    ...(policy === undefined ? [] : [{ level: 'info', text: say('kesMoveNotePolicy', { policy: policy.name }) } as const]),
  ];
}

async function identityNotes(access: StackAccess, { serverCert, serverNames, config }: Deployment): Promise<Note[]> {
  const notes: Note[] = [];
  const server = new X509Certificate(serverCert);
  if (server.validToDate.getTime() < Date.now())
    notes.push({ level: 'warn', text: say('kesMoveNoteServerExpired', { at: server.validToDate.toISOString() }) });
  if (serverNames.length === 0) notes.push({ level: 'stop', text: say('kesMoveNoteNoNames') });
  const identity = await identityFor(access, 'operator');
  if (identity === undefined) return [...notes, { level: 'stop', text: say('kesMoveNoteNoIdentity') }];
  const client = new X509Certificate(identity.cert);
  if (client.ca) notes.push({ level: 'stop', text: say('kesMoveNoteIdentityCa') });
  const expired = client.validToDate.getTime() < Date.now();
  if (expired)
    notes.push({
      level: config.tls.auth === 'on' ? 'stop' : 'info',
      text: say('kesMoveNoteIdentityExpired', { at: client.validToDate.toISOString() }),
    });
  return notes;
}

/** The old server is known by its certificate alone; the new one is believed by its name, as MinIO does. */
async function addressNotes(access: StackAccess, { source }: MoveState, { serverNames, config }: Deployment): Promise<Note[]> {
  const { url } = await kesAddress(access);
  const names = serverNames.map((name) => name.replace(/^(?:DNS|IP Address):/, '')).join(', ');
  const port = Number(new URL(url).port) || 443;
  const listens = Number(/:(\d+)$/.exec(config.address)?.[1]);
  return [
    ...(serverNames.length > 0 && !isNamed(url, serverNames)
      ? [{ level: 'stop', text: say('kesMoveNoteAddress', { url, names }) } as const]
      : []),
    ...(source.way === 'here' && listens !== port
      ? [{ level: 'stop', text: say('kesMoveNotePort', { url, address: config.address }) } as const]
      : []),
  ];
}

async function serverNotes(access: StackAccess, state: MoveState, deployment: Deployment): Promise<Note[]> {
  const answers = await whoAnswers(access, deployment).catch((error: unknown) => {
    if (isAppError(error)) return 'none' as const;
    throw error;
  });
  const { url } = await kesAddress(access);
  const begun = state.phase !== 'planned' && state.phase !== 'prepared';
  if (answers === 'new' && !begun) return [{ level: 'stop', text: say('kesMoveNoteNewAlready', { url }) }];
  if (answers === 'other') return [{ level: 'stop', text: say('kesMoveNoteOther', { url }) }];
  if (answers !== 'none' || begun) return [];
  const ours = state.source.oldProgram !== undefined && oldArguments(deployment.start.command, deployment.configFile) !== undefined;
  return [
    ours ? { level: 'info', text: say('kesMoveNoteStartsOld', { url }) } : { level: 'stop', text: say('kesMoveNoteOldAway', { url }) },
  ];
}

/** Another node of the old KES would go on beside the new one, and be of no use from the first write on (kes.md trap 16). */
async function otherNodes(access: StackAccess, { minio }: Deployment): Promise<Note[]> {
  const { url } = await kesAddress(access);
  const own = new URL(url);
  const notes: Note[] = [];
  for (const one of (minio.get('MINIO_KMS_KES_ENDPOINT') ?? '').split(',').map((part) => part.trim())) {
    if (!URL.canParse(one)) continue;
    const { hostname, port } = new URL(one);
    if (port === own.port && (hostname === own.hostname || hostname === 'localhost')) continue;
    const runs = await portAnswers(hostname.replace(/^\[|\]$/g, ''), Number(port) || 443);
    notes.push({
      level: runs ? 'stop' : 'info',
      text: runs ? say('kesMoveNoteNodeRuns', { url: one }) : say('kesMoveNoteNodeDown', { url: one }),
    });
  }
  return notes;
}

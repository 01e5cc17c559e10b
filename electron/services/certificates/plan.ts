import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { wayOf } from '../../../shared/servers.ts';
import type { PlannedFile, StepPlan } from '../../../shared/setup.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { opensslCommands } from './commands.ts';
import { type Decision, type Decisions, decide, type Why } from './decide.ts';
import { type Asked, isOurs, mayHaveIdentity, needsOf } from './needs.ts';
import { caFile, certificateMode, keyMode, minioCaFile, type Wanted } from './pairs.ts';

const again = {
  absent: 'certificatesAgainAbsent',
  broken: 'certificatesAgainBroken',
  expired: 'certificatesAgainExpired',
  names: 'certificatesAgainNames',
  issuer: 'certificatesAgainIssuer',
  changed: 'certificatesAgainChanged',
} as const satisfies Record<Why, Text['code']>;

/** What would be made, kept or renewed, with the openssl commands for it. */
export async function planCertificates(access: StackAccess, asked: Asked): Promise<StepPlan> {
  const { input } = asked;
  const decisions = await decide(access, asked);
  const { ca, leaves } = decisions;
  const changes = leaves.map(({ pair, decision }) => describe(pair.id, decision));
  if (ca) changes.unshift(describeCa(ca));
  const carried = needsOf(asked).some(({ pair }) => pair.id === 'minio-client') && mayHaveIdentity(access.stack);
  if (carried) changes.push(say('certificatesIdentityCarry'));
  const keys = [...(ca ? [ca] : []), ...leaves.map(({ decision }) => decision)].filter(({ action }) => action === 'pair').length;
  return {
    changes,
    warnings: await warningsOf(access, asked, decisions),
    commands: opensslCommands(access.stack.folder, asked, decisions, isOurs(access.stack, 'minio')),
    files: filesOf(asked, decisions),
    seconds: Math.ceil(1 + keys * ({ 'RSA-2048': 0.3, 'RSA-4096': 2 }[input.keyType as string] ?? 0.05)),
  };
}

function describe(id: string, { action, why }: Decision): Text {
  if (action === 'keep') return say('certificatesKeep', { id });
  if (action === 'pair') return say('certificatesMakePair', { id });
  return say(again[why ?? 'changed'], { id });
}

function describeCa({ action, wanted }: Decision): Text {
  const values = { name: wanted.subject.commonName, keyType: wanted.keyType, days: wanted.days };
  if (action === 'keep') return say('certificatesKeepCa', { name: values.name });
  return action === 'pair' ? say('certificatesMakeCa', values) : say('certificatesRenewCa', values);
}

async function warningsOf(access: StackAccess, { input }: Asked, { ca, leaves }: Decisions): Promise<Text[]> {
  // Of servers elsewhere nobody here can say what their names should lead to.
  const here = leaves.filter(({ pair }) => pair.use === 'server' && wayOf(access.stack, pair.id as ServerKind) === 'here');
  const hosts = [...new Set(here.flatMap(({ decision }) => decision.wanted.hosts))];
  const warnings: Text[] = [];
  if (ca?.action === 'pair' && (await access.folder.read(caFile)) !== undefined) warnings.push(say('certificatesNewCa', { file: caFile }));
  for (const { pair, decision } of leaves) {
    const known = access.stack.identities.some(({ certFile }) => certFile === pair.certificate);
    if (known && decision.action === 'pair') warnings.push(say('certificatesNewIdentity', { id: pair.id }));
  }
  if (input.kind === 'selfSigned') warnings.push(say('certificatesSelfSigned'));
  if (input.keyType === 'Ed25519') warnings.push(say('certificatesEd25519'));
  if (input.days > 825) warnings.push(say('certificatesLong', { days: input.days }));
  if (hosts.length > 0 && !hosts.some((host) => host === 'localhost' || host === '::1' || host.startsWith('127.')))
    warnings.push(say('certificatesNoLoopback'));
  const names = hosts.filter((host) => isIP(host) === 0);
  const unknown = await Promise.all(names.map(async (name) => ((await resolves(name)) ? undefined : name)));
  for (const name of unknown) if (name !== undefined) warnings.push(say('certificatesNameUnresolved', { name }));
  return warnings;
}

/** A name service that is slow counts as one that knows the name: the plan must not hang on it. */
async function resolves(name: string): Promise<boolean> {
  const known = lookup(name).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOTFOUND',
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), 1_500);
  });
  return Promise.race([known, late]).finally(() => clearTimeout(timer));
}

function filesOf({ stack, input }: Asked, { ca, leaves }: Decisions): PlannedFile[] {
  const open = certificateMode.toString(8).padStart(4, '0');
  const closed = keyMode.toString(8).padStart(4, '0');
  const whyCa = input.kind === 'ca' ? say('certificatesWhyCa') : say('certificatesWhyBundle');
  const caContent = ca
    ? preview(ca.wanted)
    : leaves
        .filter(({ pair }) => pair.use === 'server')
        .map(({ decision }) => preview(decision.wanted))
        .join('\n');
  const files: PlannedFile[] = caContent === '' ? [] : [{ path: caFile, mode: open, content: caContent, why: whyCa }];
  for (const { pair, decision } of leaves) {
    const why = pair.use === 'server' ? say('certificatesWhyServer', { id: pair.id }) : say('certificatesWhyClient', { id: pair.id });
    files.push({ path: pair.certificate, mode: open, content: preview(decision.wanted), why });
    if (!('file' in pair.key)) continue;
    const variable = `\${${pair.id.toUpperCase().replace('-', '_')}_KEY}\n`;
    files.push({ path: pair.key.file, mode: closed, content: variable, why: say('certificatesWhyKey', { id: pair.id }) });
  }
  if (isOurs(stack, 'minio')) files.push({ path: minioCaFile, mode: open, content: caContent, why: say('certificatesWhyMinioCa') });
  return files;
}

/** What will be in the certificate, in OpenSSL's words; its bytes exist only after it was made. */
function preview({ use, subject, keyType, days, hosts }: Wanted): string {
  const { commonName, organisation, unit, locality, state, country } = subject;
  const parts = { CN: commonName, OU: unit, O: organisation, L: locality, ST: state, C: country };
  const name = Object.entries(parts).flatMap(([key, value]) => (value ? [`${key} = ${value}`] : []));
  const names = hosts.map((host) => (isIP(host) === 0 ? `DNS:${host}` : `IP:${host}`));
  return [
    `Subject: ${name.join(', ')}`,
    `Public key: ${keyType}`,
    `Validity: ${days} days`,
    `Basic constraints: critical, ${use === 'ca' ? 'CA:TRUE, pathlen:0' : 'CA:FALSE'}`,
    `Key usage: critical, ${use === 'ca' ? 'Certificate Sign, CRL Sign' : 'Digital Signature'}`,
    ...(use === 'ca' ? [] : [`Extended key usage: ${use}Auth`]),
    ...(names.length > 0 ? [`Subject alternative name: ${names.join(', ')}`] : []),
    '',
  ].join('\n');
}

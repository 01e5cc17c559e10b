import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { wrongFields } from '../../../shared/keyStores.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { caFileOf, clustersOf, nodesOf, serverKinds } from '../../../shared/servers.ts';
import { placeInput, serverUrl } from '../../../shared/setup.ts';
import { type OtherKeyStore, type ServerKind, type Stack, type StackCa, serverKind, stack } from '../../../shared/stacks.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { oneLine } from '../../platform/certificateFacts.ts';
import { DocumentRefused, readDocument } from '../../platform/storedDocument.ts';
import { readStackDocument } from './stackDocument.ts';

/** A stack for a colleague: the document and the certificates of its CAs by the kind of server. Never a secret. */
const stackFile = z.strictObject({
  format: z.literal('sealdeck-stack'),
  version: z.literal(1),
  exportedAt: z.string(),
  stack: z.unknown(),
  certificates: z.partialRecord(serverKind, z.string().max(500_000)),
});
const form = { version: 1, schema: stackFile };

/** Everything about this machine, its people and its log-ins is left out: the reader reaches the servers by API. */
export async function writeStackFile({ stack, folder }: Pick<StackAccess, 'stack' | 'folder'>): Promise<string> {
  const certificates: Partial<Record<ServerKind, string>> = {};
  for (const kind of serverKinds) {
    const id = clustersOf(stack, kind)[0]?.ca;
    const file = id && caFileOf(stack, id);
    const pem = file && (await folder.read(file));
    if (pem !== undefined) certificates[kind] = certificatesOnly(pem);
  }
  const file = { format: 'sealdeck-stack', version: 1, exportedAt: new Date().toISOString(), stack: strip(stack), certificates };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** What a stack file says, as a draft that nothing may be changed on. Throws `stackFileRefused`, `fileNewer`. */
export function readStackFile(content: string): { stack: Stack; certificates: Map<string, string> } {
  const refuse = (reason: string): AppError => new AppError('stackFileRefused', { reason });
  let file: z.infer<typeof stackFile>;
  let found: Stack;
  try {
    file = readDocument(JSON.parse(content), form);
    found = readStackDocument(file.stack);
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse('@stacksReasonNoJson');
    if (!(error instanceof DocumentRefused)) throw error;
    if (error.newer !== undefined) throw new AppError('fileNewer', { path: 'stack file', version: error.newer });
    throw refuse(error.message);
  }
  const certificates = new Map<string, string>();
  const cas: StackCa[] = [];
  for (const kind of serverKinds) {
    const given = found.cas.find(({ id }) => id === clustersOf(found, kind)[0]?.ca);
    const pem = file.certificates[kind];
    if (given?.kind === 'system') cas.push({ id: kind, kind: 'system', subject: given.subject, fingerprint: '', file: '' });
    if (pem === undefined || given?.kind === 'system') continue;
    const path = `connect/${kind}-ca.pem`;
    const { subject, fingerprint } = look(pem, refuse);
    certificates.set(path, certificatesOnly(pem));
    // Whoever takes the file over has not compared the fingerprint yet.
    cas.push({ id: kind, kind: given?.kind ?? 'file', subject, fingerprint, file: path });
  }
  const plain = strip(found);
  requireForm(plain, refuse);
  const by = <T extends { ca: string }>(kind: ServerKind, clusters: readonly T[]): T[] =>
    clusters.map((cluster) => ({ ...cluster, ca: kind }));
  const document: Stack = {
    ...plain,
    cas,
    keyStores: by('vault', plain.keyStores),
    kesClusters: by('kes', plain.kesClusters),
    minioClusters: by('minio', plain.minioClusters),
  };
  return { stack: document, certificates };
}

function strip(document: Stack): Stack {
  const elsewhere = <T extends { nodes: Stack['keyStores'][number]['nodes'] }>(clusters: readonly T[]): T[] =>
    clusters.map((cluster) => ({ ...cluster, nodes: cluster.nodes.map(({ id, url }) => ({ id, url, way: 'api' as const })) }));
  return stack.parse({
    ...document,
    origin: 'connected',
    folder: '',
    draft: true,
    readOnly: true,
    cas: document.cas.map(({ confirmedAt: _, ...ca }) => ca),
    identities: [],
    keyStores: elsewhere(document.keyStores).map(({ operator: _, sharesDestroyedAt: __, rootRevokedAt: ___, ...store }) => ({
      ...store,
      custodians: [],
    })),
    // Who vouches for it is the affair of the KES that others run.
    ...(document.otherKeyStores ? { otherKeyStores: document.otherKeyStores.map(plainStore) } : {}),
    kesClusters: elsewhere(document.kesClusters),
    minioClusters: elsewhere(document.minioClusters),
  });
}

/** Where the keys are; not who logs in there, and no folder of this machine. */
function plainStore({ ca: _, values, ...store }: OtherKeyStore): OtherKeyStore {
  const kept = Object.entries(values).filter(([path]) => !path.startsWith('credentials.') && path !== 'path');
  return { ...store, values: Object.fromEntries(kept) };
}

/** Only the certificates of a PEM file: whatever else somebody put into it stays here. */
function certificatesOnly(pem: string): string {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  return `${found.join('\n')}\n`;
}

function look(pem: string, refuse: (reason: string) => AppError): { subject: string; fingerprint: string } {
  try {
    const certificates = certificatesOnly(pem)
      .split(/(?<=-----END CERTIFICATE-----)\s*/)
      .filter((one) => one.trim() !== '')
      .map((one) => new X509Certificate(one));
    const [first] = certificates;
    if (first === undefined) throw new Error('none');
    return {
      subject: oneLine(first.subject),
      fingerprint: certificates.map((one) => one.fingerprint256.toLowerCase()).join(' '),
    };
  } catch {
    throw refuse('@stacksReasonCertificate');
  }
}

/** What is put into an address, a policy or a line to copy ends nothing there and begins nothing of its own. */
const word = z.string().regex(/^[\w.*-]{1,200}$/);
/** As Connect takes a mount; nothing in it leads elsewhere. */
const path = z.string().regex(/^[\w@+-][\w.@+-]{0,99}(?:\/[\w@+-][\w.@+-]{0,99}){0,9}$/);

/** What the guided steps read again has their form: addresses are https and nothing more. */
function requireForm(document: Stack, refuse: (reason: string) => AppError): void {
  const { name, role, key } = placeInput.shape;
  const places = [...document.keyStores, ...document.kesClusters.flatMap(({ placeInStore }) => placeInStore ?? [])];
  const fields: readonly (readonly [z.ZodType, string])[] = [
    [name, document.name],
    ...places.flatMap(({ engine, appRole }): [z.ZodType, string][] => [
      [path, engine.mount],
      [path.or(z.literal('')), engine.prefix],
      [path, appRole.mount],
      [role, appRole.role],
      [word, appRole.policy],
    ]),
    ...document.kesClusters.flatMap((kes) => [...Object.values(kes.policy), kes.operator].map((value) => [word, value] as const)),
    ...serverKinds.flatMap((kind) => [...clustersOf(document, kind), ...nodesOf(document, kind)]).map(({ id }) => [word, id] as const),
    ...document.minioClusters.map(({ defaultKey }) => [key, defaultKey] as const),
    ...serverKinds.flatMap((kind) => nodesOf(document, kind)).map(({ url }) => [serverUrl, url] as const),
  ];
  for (const store of document.otherKeyStores ?? [])
    if (!word.safeParse(store.id).success || wrongFields(store).some((path) => path in store.values)) throw refuse('@stacksReasonValue');
  for (const [form, value] of fields) if (!form.safeParse(value).success) throw refuse('@stacksReasonValue');
}

import { isIP } from 'node:net';
import type { ServedRow } from '../../../../shared/certificateBoard.ts';
import { clustersOf, serverKinds } from '../../../../shared/servers.ts';
import type { ServerKind, StackNode } from '../../../../shared/stacks.ts';
import { say } from '../../../../shared/text.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { addressOf } from '../../../platform/tlsProbe.ts';
import { canonicalHost } from '../build.ts';
import { configurationOf, type Found, kesFacts, minioFacts, vaultFacts } from './configurations.ts';
import { type Hop, hopOfFile, hopOfStack, hopOfSystem, unknownHop } from './trust.ts';

type Access = Pick<StackAccess, 'stack' | 'folder'>;
type User = ServedRow['users'][number];

/** One URL that is in use, by clients who believe `hop`. */
export interface UsedUrl {
  id: string;
  server: ServerKind;
  node: string;
  way: StackNode['way'] | 'unknown';
  url: string;
  /** The name that its certificate must hold. */
  host: string;
  /** Where the server is reached from here: its own address, while `host` is what it is asked for. */
  dial: string;
  users: User[];
  hop: Hop;
}

interface Seen {
  server: ServerKind;
  url: string;
  user: User;
  hop: Hop;
  /** The node that listens there, where the URL itself does not tell. */
  node?: StackNode;
}

/**
 * Every URL in use: the stack's document, what the configurations of KES, MinIO and Vault name, and each name of this
 * machine for the servers that are here. The same URL under the same trust is one, with all its users.
 */
export async function usedUrls(access: Access, hosts: readonly string[]): Promise<UsedUrl[]> {
  const all = [...(await ofDocument(access)), ...(await ofKes(access)), ...(await ofMinio(access)), ...(await ofVault(access))];
  all.push(...(await ofHosts(access, hosts)));
  const urls = new Map<string, UsedUrl>();
  for (const one of all) {
    const url = plainUrl(one.url);
    if (url === undefined) continue;
    const { trust } = one.hop;
    const id = `${one.server} ${url} ${trust.kind} ${trust.file ?? ''}`;
    const known = urls.get(id);
    if (known) {
      if (!known.users.some((user) => JSON.stringify(user) === JSON.stringify(one.user))) known.users.push(one.user);
      continue;
    }
    const node = one.node ?? nodeAt(access, one.server, url);
    urls.set(id, {
      id,
      server: one.server,
      node: node?.id ?? one.server,
      way: node?.way ?? 'unknown',
      url,
      host: hostOf(url),
      dial: node?.url ?? url,
      users: [one.user],
      hop: one.hop,
    });
  }
  return serverKinds.flatMap((kind) => [...urls.values()].filter(({ server }) => server === kind));
}

async function ofDocument(access: Access): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const server of serverKinds) {
    for (const cluster of clustersOf(access.stack, server)) {
      const hop = await hopOfStack(access, cluster.ca);
      for (const node of cluster.nodes) seen.push({ server, url: node.url, node, hop, user: { who: say('boardUserSealdeck') } });
    }
  }
  return seen;
}

async function ofKes(access: Access): Promise<Seen[]> {
  const file = await configurationOf(access, 'kes');
  const { endpoint, vaultCa } = file ? kesFacts(file.content) : {};
  if (!file || !endpoint) return [];
  const user = userOf('KES', file.path, endpoint);
  if (file.away && vaultCa) return [{ server: 'vault', url: endpoint.value, user, hop: unknownHop(vaultCa.value) }];
  const hop = vaultCa ? await hopOfFile(access, vaultCa.value, false) : hopOfSystem();
  return [{ server: 'vault', url: endpoint.value, user, hop }];
}

async function ofMinio(access: Access): Promise<Seen[]> {
  const file = await configurationOf(access, 'minio');
  if (!file) return [];
  const { endpoints, caPath } = minioFacts(file.content);
  const folder = access.folder.path('minio/certs/CAs');
  const hop = file.away ? unknownHop(caPath?.value ?? 'certs/CAs') : await hopOfFile(access, caPath?.value ?? folder, true);
  return endpoints.map((endpoint) => ({ server: 'kes' as const, url: endpoint.value, user: userOf('MinIO', file.path, endpoint), hop }));
}

async function ofVault(access: Access): Promise<Seen[]> {
  const file = await configurationOf(access, 'vault');
  const { apiAddr } = file ? vaultFacts(file.content) : {};
  const [store] = access.stack.keyStores;
  if (!file || !apiAddr || !store) return [];
  const user = { who: say('boardUserApiAddr'), file: file.path, line: apiAddr.line };
  return [{ server: 'vault', url: apiAddr.value, user, hop: await hopOfStack(access, store.ca) }];
}

/** Each name of the place, for each server that is here: whoever has one of them may use it. */
async function ofHosts(access: Access, hosts: readonly string[]): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const server of serverKinds) {
    for (const cluster of clustersOf(access.stack, server)) {
      const [node] = cluster.nodes;
      if (node?.way !== 'here') continue;
      const hop = await hopOfStack(access, cluster.ca);
      const { port } = addressOf(node.url);
      for (const host of hosts) {
        const url = `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
        seen.push({ server, url, node, hop, user: { who: say('boardUserPlace') } });
      }
    }
  }
  return seen;
}

function userOf(server: string, file: string, { line }: Found): User {
  return { who: say('boardUserServer', { server }), file, line };
}

/** `https://host:port`, or nothing for what is no such address. */
function plainUrl(url: string): string | undefined {
  try {
    const { hostname, port, secure } = addressOf(url);
    return secure ? `https://${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}` : undefined;
  } catch {
    return undefined;
  }
}

function hostOf(url: string): string {
  const { hostname } = addressOf(url);
  return isIP(hostname) === 0 ? hostname : canonicalHost(hostname);
}

/** The node that listens at this port: several names lead to it. */
function nodeAt({ stack }: Pick<Access, 'stack'>, server: ServerKind, url: string): StackNode | undefined {
  const nodes = clustersOf(stack, server).flatMap((cluster) => cluster.nodes);
  const { hostname, port } = addressOf(url);
  const same = nodes.filter((node) => addressOf(node.url).port === port);
  return (
    same.find((node) => addressOf(node.url).hostname === hostname) ?? (same.length === 1 && same[0]?.way === 'here' ? same[0] : undefined)
  );
}

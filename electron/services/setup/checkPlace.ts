import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { AppError } from '../../../shared/rpc/errors.ts';
import { serverKinds, serverNames } from '../../../shared/servers.ts';
import { type PlaceInput, serverOfPort } from '../../../shared/setup.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import { urlOf } from './placeDocument.ts';
import type { PortName } from './ports.ts';

/** The ports that servers on this machine will listen on. Those of servers elsewhere stand in the form and count nowhere. */
export function portsHere(place: Pick<PlaceInput, 'ports' | 'servers'>): [PortName, number][] {
  return (Object.entries(place.ports) as [PortName, number][]).filter(([name]) => place.servers[serverOfPort[name]].way === 'here');
}

/**
 * Refuses what could never work, before anything is made. Throws `folderRelative`, `folderCharacters`, `portTwice`,
 * `hostMissing`, `placeAddressTwice`, `placePortMissing`, `placeHostFolder`, `placeInmem`.
 */
export function checkPlace(place: PlaceInput): void {
  if (!isAbsolute(place.folder)) throw new AppError('folderRelative', { folder: place.folder });
  checkCharacters(place.folder);
  const seen = new Set<number>();
  for (const [, port] of portsHere(place)) {
    if (seen.has(port)) throw new AppError('portTwice', { port });
    seen.add(port);
  }
  if (seen.size > 0 && !place.hosts.some((host) => isIP(host) !== 0)) throw new AppError('hostMissing', { hosts: place.hosts.join(', ') });
  for (const kind of serverKinds) checkHandedOver(place, kind);
  const { vault } = place.servers;
  if (vault.way === 'handedOver' && place.storage === 'inmem') throw new AppError('placeInmem', { url: vault.url });
  checkAddresses(place);
}

/** MinIO reads braces as a range of disks, and its environment file has no form for a line break. */
function checkCharacters(folder: string): void {
  if (/[{}\p{Cc}]/u.test(folder)) throw new AppError('folderCharacters', { folder });
}

function checkHandedOver(place: PlaceInput, kind: ServerKind): void {
  const server = place.servers[kind];
  if (server.way !== 'handedOver') return;
  // Without one the server would have to listen on 443, which only root may.
  if (!/:\d+$/.test(server.url)) throw new AppError('placePortMissing', { server: serverNames[kind], url: server.url });
  const whole = /^(?:[A-Za-z]:)?[\\/]+$/.test(server.folder);
  if (whole || /(?:^|[\\/])\.\.(?:[\\/]|$)/.test(server.folder))
    throw new AppError('placeHostFolder', { server: serverNames[kind], folder: server.folder });
  checkCharacters(server.folder);
}

function checkAddresses(place: PlaceInput): void {
  const taken = new Map<string, ServerKind>();
  for (const kind of serverKinds) {
    const url = urlOf(place, kind);
    if (url === undefined) continue;
    const { hostname, port } = new URL(url);
    const address = `${hostname}:${port || '443'}`;
    const other = taken.get(address);
    if (other) throw new AppError('placeAddressTwice', { address, first: serverNames[other], second: serverNames[kind] });
    taken.set(address, kind);
  }
}

/** What may work and often does not. `vaultLogin`: whether Sealdeck can log in to a Vault by API. */
export function placeWarnings(place: PlaceInput, vaultLogin: boolean): Text[] {
  const { vault, kes } = place.servers;
  const ours = serverKinds.filter((kind) => place.servers[kind].way === 'here');
  const far = serverKinds.filter((kind) => place.servers[kind].way !== 'here' && isFar(urlOf(place, kind)));
  const near = ours.filter((kind) => !isFar(urlOf(place, kind)));
  // Vault calls nobody; KES calls Vault, and MinIO calls KES.
  const unreachable = near.find((kind) => (kind === 'vault' && far.includes('kes')) || (kind === 'kes' && far.includes('minio')));
  const needsLogin = vault.way === 'api' && !vaultLogin && (kes.way === 'here' || kes.way === 'handedOver');
  return [
    ...(unreachable ? [say('setup.place.warnLoopback', { server: serverNames[unreachable], host: place.hosts[0] ?? '127.0.0.1' })] : []),
    ...(needsLogin ? [say('setup.place.warnVaultLogin')] : []),
  ];
}

/** An address that is not this machine's own loopback. */
function isFar(url: string | undefined): boolean {
  return url !== undefined && !/^(?:localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);
}

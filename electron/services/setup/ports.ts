import { randomInt } from 'node:crypto';
import type { PlaceInput } from '../../../shared/setup.ts';
import { portIsFree } from '../../platform/ports.ts';

export type PortName = keyof PlaceInput['ports'];

const usual: Record<PortName, number> = { vault: 8200, vaultCluster: 8201, kes: 7373, minio: 9000, minioConsole: 9001 };

/** The first free port from `from` on that is not in `taken`. */
export async function nextFree(from: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = from; port < 65_536; port += 1) if (!taken.has(port) && (await portIsFree(port))) return port;
  return nextFree(1024, taken);
}

/**
 * The servers' usual ports where they are free, the next free ones otherwise. `reserved`: of stacks that do not run now.
 * `shift` is added to the usual ones, so that two users of one machine are not proposed the same.
 */
export async function proposePorts(
  reserved: Iterable<number> = [],
  shift = Number(process.env.SEALDECK_PORT_SHIFT) || 0,
): Promise<PlaceInput['ports']> {
  const taken = new Set(reserved);
  const ports = { ...usual };
  for (const name of Object.keys(usual) as PortName[]) {
    ports[name] = await nextFree(Math.max(1024, usual[name] + shift), taken);
    taken.add(ports[name]);
  }
  return ports;
}

/**
 * The wanted ports, each replaced by a free one where it is taken or reserved. Not by its neighbour: those are what the
 * next stack is proposed, perhaps at this very moment.
 */
export async function keepPorts(wanted: PlaceInput['ports'], reserved: Iterable<number>): Promise<PlaceInput['ports']> {
  const taken = new Set(reserved);
  const ports = { ...wanted };
  for (const name of Object.keys(usual) as PortName[]) {
    const kept = !taken.has(wanted[name]) && (await portIsFree(wanted[name]));
    ports[name] = kept ? wanted[name] : await nextFree(Math.max(1024, (wanted[name] + randomInt(100, 2_000)) % 60_000), taken);
    taken.add(ports[name]);
  }
  return ports;
}

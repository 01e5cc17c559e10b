import { X509Certificate } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { HopTrust } from '../../../../shared/certificateBoard.ts';
import { caFileOf } from '../../../../shared/servers.ts';
import { systemRoots } from '../../../clients/trust.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { oneLine } from '../../../platform/certificateFacts.ts';
import { readRegularFile } from '../../../platform/regularFile.ts';
import { shortName } from './facts.ts';

type Access = Pick<StackAccess, 'stack' | 'folder'>;

/** Whom the clients of a hop believe. Without anchors they believe nobody; `trust.kind` `unknown`: nobody here can tell. */
export interface Hop {
  trust: HopTrust;
  anchors: readonly X509Certificate[];
}

const mostSubjects = 6;
/** A bundle of all public roots has 250 kB, and some systems keep each in a file. */
const mostBytes = 4_000_000;
const mostFiles = 1000;

/** Sealdeck's own trust in servers with this CA: a file, a pin, or the roots of the system. */
export async function hopOfStack(access: Access, caId: string): Promise<Hop> {
  const file = caFileOf(access.stack, caId);
  if (file === undefined) return hopOfSystem();
  const kind = access.stack.cas.find(({ id }) => id === caId)?.kind === 'pin' ? 'pin' : 'file';
  return hop(kind, file, lenient((await access.folder.read(file)) ?? ''));
}

/**
 * A file, or a folder whose files are read, that a server's configuration names. KES's Vault client believes the file alone,
 * MinIO the system's roots as well (minio.md 2.1). A file that is not there is passed over in silence by both.
 */
export async function hopOfFile(access: Access, path: string, withSystem: boolean): Promise<Hop> {
  const shown = shownPath(access, path);
  const own = isAbsolute(path) ? lenient(await textOf(path)) : [];
  const kind = own.length === 0 && withSystem ? 'system' : withSystem ? 'fileAndSystem' : 'file';
  return hop(kind, shown, withSystem ? [...own, ...rootsOfSystem()] : own, own);
}

export function hopOfSystem(): Hop {
  return { trust: { kind: 'system', subjects: [] }, anchors: rootsOfSystem() };
}

/** The file lies on another host. */
export function unknownHop(file: string): Hop {
  return { trust: { kind: 'unknown', file, subjects: [] }, anchors: [] };
}

/** A path of the stack's folder as it is shown everywhere else: relative to it. */
export function shownPath({ folder }: Pick<Access, 'folder'>, path: string): string {
  const root = folder.path('.');
  return path.startsWith(`${root}/`) || path.startsWith(`${root}\\`) ? path.slice(root.length + 1).replaceAll('\\', '/') : path;
}

function hop(kind: HopTrust['kind'], file: string, anchors: readonly X509Certificate[], named = anchors): Hop {
  const subjects = [...new Set(named.map(({ subject }) => shortName(oneLine(subject))))].slice(0, mostSubjects);
  return { trust: { kind, file, subjects }, anchors };
}

let roots: readonly X509Certificate[] | undefined;

function rootsOfSystem(): readonly X509Certificate[] {
  roots ??= systemRoots().map((pem) => new X509Certificate(pem));
  return roots;
}

/** Every certificate of a text that can be read, as Go's pools take them; the rest is passed over. */
export function lenient(pem: string): X509Certificate[] {
  const blocks =
    pem.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----(?:[^-]|-(?!----))*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

async function textOf(path: string): Promise<string> {
  const read = async (file: string): Promise<string> => (await readRegularFile(file, mostBytes).catch(() => '')).toString();
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined) return read(path);
  return (await Promise.all(names.slice(0, mostFiles).map((name) => read(join(path, name))))).join('\n');
}

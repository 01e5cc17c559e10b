import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { caFileOf } from '../../shared/servers.ts';
import type { StackAccess } from '../jobs/step.ts';

/** The PEM texts that may vouch for a server of the stack, by the id of its CA. None: nobody is believed. */
export async function trustOf(access: Pick<StackAccess, 'stack' | 'folder'>, caId: string): Promise<string[]> {
  const file = caFileOf(access.stack, caId);
  if (file === undefined) return systemRoots();
  const pem = await access.folder.read(file);
  return pem === undefined ? [] : [pem];
}

let roots: string[] | undefined;

/** Node's own list of public roots, and what the machine's owner added to the system: companies put their CA there. */
export function systemRoots(): string[] {
  if (roots) return roots;
  // Each certificate once, however it is written: every new connection reads them all.
  const unique = new Map<string, string>();
  for (const pem of [...tls.rootCertificates, ...ofSystem()]) {
    const fingerprint = fingerprintOf(pem);
    if (fingerprint !== undefined) unique.set(fingerprint, pem);
  }
  roots = [...unique.values()];
  return roots;
}

function ofSystem(): string[] {
  try {
    return tls.getCACertificates('system');
  } catch {
    // A runtime or a system without such a store.
    return [];
  }
}

/** `undefined` for what OpenSSL does not read: one odd entry of the system's store must not take all trust away. */
function fingerprintOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return undefined;
  }
}

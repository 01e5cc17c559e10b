import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import type { StackAccess } from '../jobs/step.ts';

/** Where the stack's own CA lies, also before its document names it. */
const localFile = 'certs/ca.crt';

/** The PEM texts that may vouch for a server of the stack, by the id of its CA. None: nobody is believed. */
export async function trustOf(access: Pick<StackAccess, 'stack' | 'folder'>, caId: string): Promise<string[]> {
  const found = access.stack.cas.find(({ id }) => id === caId);
  if (found?.kind === 'system') return systemRoots();
  const pem = await access.folder.read(trustFile(access, caId));
  return pem === undefined ? [] : [pem];
}

/** The file behind a CA, relative to the stack's folder: what commands name, too. */
export function trustFile(access: Pick<StackAccess, 'stack'>, caId: string): string {
  return access.stack.cas.find(({ id }) => id === caId)?.file || localFile;
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

/** Whether the roots of the system vouch for it: then there is no file. */
export function isSystemTrust(access: Pick<StackAccess, 'stack'>, caId: string): boolean {
  return access.stack.cas.find(({ id }) => id === caId)?.kind === 'system';
}

/** `undefined` for what OpenSSL does not read: one odd entry of the system's store must not take all trust away. */
function fingerprintOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return undefined;
  }
}

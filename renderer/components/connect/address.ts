import { serverUrl } from '../../../shared/setup.ts';
import type { ServerKind } from '../../../shared/stacks.ts';

/** What the servers listen on when nobody says otherwise. */
export const usualPorts: Readonly<Record<ServerKind, number>> = { vault: 8200, kes: 7373, minio: 9000 };

/** What a person types as an address, completed: `https` in front, the server's usual port behind a bare name. Pure. */
export function completed(kind: ServerKind, typed: string): string {
  const text = typed.trim().replace(/\/+$/, '');
  if (text === '' || /^[a-z]+:\/\//i.test(text)) return text;
  const bare = /^[^:/?#@]+$/.test(text) || /^\[[0-9a-fA-F:]+\]$/.test(text);
  return `https://${text}${bare ? `:${usualPorts[kind]}` : ''}`;
}

/** The address if the contract takes it, else undefined. */
export function addressIn(kind: ServerKind, typed: string): string | undefined {
  const read = serverUrl.safeParse(completed(kind, typed));
  return read.success ? read.data : undefined;
}

/** Name or address without scheme; the port stays. */
export function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '');
}

const loopback = /^(?:localhost|127\.|\[?::1)/i;

/**
 * The same address with a name that the certificate is for: `DNS:…` or `IP:…`. A wildcard
 * cannot be dialled, and this machine's own names are no names of another. Pure.
 */
export function dialled(url: string, name: string): string | undefined {
  const host = name.replace(/^(?:DNS|IP(?: Address)?):/i, '');
  if (host === '' || host.includes('*')) return undefined;
  const address = new URL(url);
  if (loopback.test(host) && !loopback.test(address.hostname)) return undefined;
  address.hostname = host.includes(':') ? `[${host}]` : host;
  return addressIn('kes', address.toString());
}

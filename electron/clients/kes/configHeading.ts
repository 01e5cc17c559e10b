import { createHash } from 'node:crypto';
import { caFileOf } from '../../../shared/servers.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { keyStoreOfKes, otherStoreOfKes } from '../../jobs/ways.ts';
import { trustOf } from '../trust.ts';

/** The first line of a file that Sealdeck wrote: by the set-up, or edited since. */
const heading = /^# (Written|Edited) (?:by|in) Sealdeck for certificates ([0-9a-f]{16});.*\n/;

/** KES reads certificates at its start: other ones change the file, and with it KES is restarted. */
export function headingOf(certificates: string, edited: boolean): string {
  const begin = certificates.slice(0, 16);
  return edited
    ? `Edited in Sealdeck for certificates ${begin}; step KES keeps what is not its own.`
    : `Written by Sealdeck for certificates ${begin}; KES is restarted when this file changes.`;
}

/** The certificates that a file of ours was written for. Undefined: it is none of ours. */
export function certificatesOf(text: string): string | undefined {
  return heading.exec(text)?.[2];
}

export function isEdited(text: string): boolean {
  return heading.exec(text)?.[1] === 'Edited';
}

export function withoutHeading(text: string): string {
  return text.replace(heading, '');
}

/** The same file for other certificates. One that is none of ours stays as it is. */
export function withCertificates(text: string, certificates: string): string {
  return text.replace(heading, (line, _, begin: string) => line.replace(begin, certificates.slice(0, 16)));
}

/** What KES reads at its start beside its configuration: its certificate, and whom it believes to be its key store. SHA-256 in hex. */
export async function certificatesHash(access: Pick<StackAccess, 'stack' | 'folder'>): Promise<string> {
  const ca = (otherStoreOfKes(access.stack) ?? keyStoreOfKes(access.stack))?.ca;
  const trust = ca === undefined || caFileOf(access.stack, ca) === undefined ? '' : (await trustOf(access, ca)).join('');
  return createHash('sha256')
    .update(`${await access.folder.read('certs/kes.crt')}${trust}`)
    .digest('hex');
}

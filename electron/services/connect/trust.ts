import type { TrustInput } from '../../../shared/connect.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { ServerKind, StackCa } from '../../../shared/stacks.ts';
import { systemRoots, trustOf } from '../../clients/trust.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { readServerCertificate } from '../../platform/hops.ts';
import { pemOf, readCertificates, shownName } from './certificates.ts';

/** Whom to believe from now on. `ca` is absent for the stack's own CA, whose document entry others keep. */
export interface Trust {
  caId: string;
  ca?: StackCa;
  /** What goes into the CA's file; absent: it has none. */
  pem?: string;
  /** What the clients are given. */
  texts: readonly string[];
}

/** Where the certificates lie that vouch for a server by API, in the stack's folder. */
export function trustFileOf(kind: ServerKind): string {
  return `connect/${kind}-ca.pem`;
}

/**
 * Reads what a person chose to believe. A pin is looked at again: the certificate that is kept is the one with the
 * fingerprint that was confirmed. Throws `connectPinDiffers`, `connectCaUnreadable`, `connectCaIsKey`, or why it cannot look.
 */
export async function readTrust(
  access: Pick<StackAccess, 'stack' | 'folder'>,
  kind: ServerKind,
  url: string,
  input: TrustInput,
  signal?: AbortSignal,
): Promise<Trust> {
  const confirmedAt = new Date().toISOString();
  const own = { id: kind, file: trustFileOf(kind), confirmedAt };
  switch (input.kind) {
    case 'local':
      return { caId: 'local', texts: await trustOf(access, 'local') };
    case 'system':
      return { caId: kind, ca: { ...own, kind: 'system', subject: 'system', fingerprint: '', file: '' }, texts: systemRoots() };
    case 'file': {
      const certificates = readCertificates(input.pem);
      const pem = pemOf(certificates);
      const subject = [...new Set(certificates.map((certificate) => shownName(certificate.subject)))].join('; ').slice(0, 1000);
      const fingerprint = certificates.map((certificate) => certificate.fingerprint256.toLowerCase()).join(' ');
      return { caId: kind, ca: { ...own, kind: 'file', subject, fingerprint }, pem, texts: [pem] };
    }
    case 'pin': {
      const { chain, pem } = await readServerCertificate(url, signal);
      const shown = chain[0]?.fingerprint256 ?? '';
      if (shown.toLowerCase() !== input.fingerprint.toLowerCase())
        throw new AppError('connectPinDiffers', { host: new URL(url).host, shown, wanted: input.fingerprint.toUpperCase() });
      const ca: StackCa = { ...own, kind: 'pin', subject: shownName(chain[0]?.subject), fingerprint: shown.toLowerCase() };
      return { caId: kind, ca, pem, texts: [pem] };
    }
  }
}

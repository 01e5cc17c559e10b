import type { CertificateInfo, certificateProcedures } from '../../../shared/certificates.ts';
import type { AnyStep, DomainDeps, StackAccess } from '../../jobs/step.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { certificatesStep } from './certificatesStep.ts';
import { describeCertificate } from './inspect.ts';
import { caFile, pairs, readCertificates } from './pairs.ts';

export interface Certificates {
  handlers: DomainHandlers<typeof certificateProcedures>;
  steps: AnyStep[];
}

/** The certificates of a stack: their step, and the list of what lies there. */
export function createCertificates({ open }: DomainDeps): Certificates {
  return {
    steps: [certificatesStep],
    handlers: {
      'certificates.list': async ({ stackId }) => ({ certificates: await listCertificates(await open(stackId)) }),
    },
  };
}

/** The certificates on disk; those not made yet are left out. A self-signed stack has no CA of its own to list. */
async function listCertificates(access: StackAccess): Promise<CertificateInfo[]> {
  const files = [{ id: 'ca' as const, certificate: caFile }, ...pairs];
  const found: CertificateInfo[] = [];
  for (const { id, certificate } of files) {
    const [first] = await readCertificates(access, certificate);
    if (first && (id !== 'ca' || first.ca)) found.push(describeCertificate(id, certificate, first));
  }
  return found;
}

import { certificatesInput } from '../../../shared/certificates.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { applyCertificates } from './apply.ts';
import { checkCertificates } from './check.ts';
import { madeWith } from './madeWith.ts';
import { type Asked, mayHaveIdentity, nothingNeeded } from './needs.ts';
import { minioIdentityFile } from './pairs.ts';
import { planCertificates } from './plan.ts';

/** Step `certificates`: local CA or self-signed; the servers that Sealdeck sets up, MinIO's identity and the operator's. */
export const certificatesStep: Step<'certificates'> = {
  id: 'certificates',
  skips: async (context) => nothingNeeded(asked(context)),
  propose: async (context) => certificatesInput.parse({ minioIdentity: isMade(context) || !(await hasKms(context)) }),
  alone: { propose: (context) => madeWith(context, context.inputs.certificates) },
  plan: (context, input) => planCertificates(context, asked(context, input)),
  apply: (context, input) => applyCertificates(context, asked(context, input), context.signal),
  check: (context, input) => checkCertificates(context, asked(context, input)),
};

function asked({ stack, inputs }: StepContext, input = inputs.certificates): Asked {
  return { stack, input, hosts: inputs.place.hosts };
}

function isMade({ stack }: StepContext): boolean {
  return stack.identities.some(({ certFile }) => certFile === minioIdentityFile);
}

/** Whether a MinIO by API already talks to a KMS, so that it has an identity of its own. One that cannot be asked counts as without. */
async function hasKms(context: StepContext): Promise<boolean> {
  if (!mayHaveIdentity(context.stack)) return false;
  try {
    return await withMinioAdmin(context, async (admin) => (await admin.kmsStatus()).endpoints.some(({ online }) => online));
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

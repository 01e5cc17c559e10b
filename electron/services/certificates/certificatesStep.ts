import type { Step } from '../../jobs/step.ts';
import { applyCertificates } from './apply.ts';
import { checkCertificates } from './check.ts';
import { planCertificates } from './plan.ts';

/** Step `certificates`: local CA or self-signed, three servers, MinIO's identity and the operator's. */
export const certificatesStep: Step<'certificates'> = {
  id: 'certificates',
  propose: async (context) => context.inputs.certificates,
  plan: (context, input) => planCertificates(context, input, context.inputs.place.hosts),
  apply: (context, input) => applyCertificates(context, input, context.inputs.place.hosts, context.signal),
  check: (context, input) => checkCertificates(context, input, context.inputs.place.hosts),
};

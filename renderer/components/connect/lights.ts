import type { Light, LightResult, ServerTest } from '../../../shared/connect.ts';

export const lightOrder = ['name', 'tcp', 'tls', 'identity', 'policy', 'keyStore', 'key'] as const satisfies readonly Light[];

/** The light that stopped the row: those after it were not tried. Pure. */
export function stoppedAt(test: ServerTest): LightResult | undefined {
  return test.lights.find(({ outcome }) => outcome === 'fail');
}

/** Nothing is broken. An amber light may leave those after it untried: a MinIO without a KES has no key to open. */
export function isReached(test: ServerTest): boolean {
  return test.lights.some(({ outcome }) => outcome === 'ok') && stoppedAt(test) === undefined;
}

/** What works and deserves thought: amber lights that say why. */
export function notesOf(test: ServerTest): readonly LightResult[] {
  return test.lights.filter(({ outcome, error }) => outcome === 'warn' && error !== undefined);
}

/** Where a red light is mended, best first. Pure; the sentence comes with the light's own error. */
export type Mend = 'address' | 'trust' | 'credential' | 'engine' | 'names' | 'unseal' | 'preflight';

export function mends(test: ServerTest): readonly Mend[] {
  const stop = stoppedAt(test);
  // Nothing is broken: a login of another kind, or another way to reach it, is a wish and no mend.
  if (!stop) return ['credential', 'address'];
  const code = stop.error?.code;
  switch (stop.light) {
    case 'name':
    case 'tcp':
      return ['address'];
    case 'tls':
      if (code === 'tlsName') return ['names', 'address'];
      if (code === 'tlsTrust') return ['trust'];
      return ['address', 'trust'];
    case 'identity':
      // A sealed Vault takes no login, and a server of another kind knows none.
      if (code === 'vaultSealed') return ['unseal'];
      if (code === 'answerNotUnderstood') return ['address'];
      return code === 'connectIdentityUnknown' ? ['preflight', 'credential'] : ['credential'];
    case 'policy':
      return ['preflight', 'credential'];
    case 'keyStore':
    case 'key':
      // The mount, its version and its prefix are fields of the first step, no lines of a policy.
      if (code === 'connectMountMissing' || code === 'connectMountOther' || code === 'kvVersionDiffers') return ['engine'];
      return code === 'vaultSealed' ? ['unseal'] : ['preflight'];
  }
}

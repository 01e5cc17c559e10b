import type { Light, LightResult, ServerTest } from '../../../shared/connect.ts';

export const lightOrder = ['name', 'tcp', 'tls', 'identity', 'policy', 'keyStore', 'key'] as const satisfies readonly Light[];

/** The light that stopped the row: those after it were not tried. Pure. */
export function stoppedAt(test: ServerTest): LightResult | undefined {
  return test.lights.find(({ outcome }) => outcome === 'fail');
}

export function isGreen(test: ServerTest): boolean {
  return test.lights.every(({ outcome }) => outcome !== 'fail' && outcome !== 'notTried');
}

/** Where a red light is mended, best first. Pure; the sentence comes with the light's own error. */
export type Mend = 'address' | 'trust' | 'credential' | 'names' | 'unseal' | 'preflight';

export function mends(test: ServerTest): readonly Mend[] {
  const stop = stoppedAt(test);
  if (!stop) return [];
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
      return ['credential'];
    case 'policy':
      return ['preflight', 'credential'];
    case 'keyStore':
    case 'key':
      return test.kind === 'vault' && code === 'vaultSealed' ? ['unseal'] : ['preflight'];
  }
}

import { IconCertificate, IconKey, IconLockOpen2, IconShieldCheck, IconShieldLock } from '@tabler/icons-react';

/** One thing at a time, on any stack, as Overview and the palette list them. */
export const wizards = [
  { name: 'check', icon: IconShieldCheck },
  { name: 'bucket', icon: IconShieldLock },
  { name: 'key', icon: IconKey },
  { name: 'unseal', icon: IconLockOpen2 },
  { name: 'certificates', icon: IconCertificate },
] as const;
export type WizardName = (typeof wizards)[number]['name'];

/** The address of a wizard; what follows the name is what it begins with, as a bucket and a prefix. */
export function wizardAddress(name: WizardName, ...given: readonly string[]): string {
  return ['/wizard', name, ...given.map(encodeURIComponent)].join('/');
}

/** Which wizard a fragment names, and what it begins with. Read raw: the router decodes once and would spoil a `%2F` in a name. */
export function wizardIn(hash: string): { name: WizardName | undefined; given: readonly string[] } {
  const [named, ...given] = hash.replace(/^#?\/?wizard\/?/, '').split('/');
  return { name: wizards.find(({ name }) => name === named)?.name, given: given.map(decoded) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

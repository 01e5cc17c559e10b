export const parts = ['roles', 'engines', 'policies', 'audit', 'transit'] as const;
export type Part = (typeof parts)[number];

export interface AccessPlace {
  readonly part: Part;
  /** Of `roles`: the one that is shown. Absent: KES's own. */
  readonly role?: { readonly mount: string; readonly role: string };
}

const base = '/vault/access';

export function addressOf(part: Part): string {
  return part === 'roles' ? base : `${base}/${part}`;
}

export function addressOfRole(mount: string, role: string): string {
  return `${base}/roles/${encodeURIComponent(mount)}/${encodeURIComponent(role)}`;
}

/** What an address below the page shows. Unknown ones show roles. Pure. */
export function placeOf(address: string): AccessPlace {
  const [part = '', mount, role] = address.slice(base.length + 1).split('/');
  const known = parts.find((one) => one === part) ?? 'roles';
  if (known !== 'roles' || mount === undefined || role === undefined) return { part: known };
  return { part: known, role: { mount: decodeURIComponent(mount), role: decodeURIComponent(role) } };
}

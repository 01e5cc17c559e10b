import { keyStoreOf, readAppRole } from '../../../clients/vault/forStack.ts';
import { clusterView } from '../../../jobs/clusterView.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import type { RoleName } from './roles.ts';

/** Who logs in with a role: the KES of a MinIO cluster, and the stack as that cluster sees it. */
export interface KesRole {
  /** Absent: the stack has no MinIO cluster whose it could be. */
  cluster?: string;
  access: StackAccess;
}

/** Every KES of the stack that logs in to its Vault, by its role. */
export function kesRoles(access: StackAccess): (RoleName & KesRole)[] {
  const { minioClusters, kesClusters } = access.stack;
  const [first] = access.stack.keyStores;
  const withKes = minioClusters.filter(({ kes }) => kesClusters.some(({ id, keyStore }) => id === kes && keyStore === first?.id));
  const views = withKes.map(({ id }): KesRole => ({ cluster: id, access: clusterView(access, id) }));
  return (views.length > 0 ? views : [{ access }]).map((one) => {
    const { mount, role } = keyStoreOf(one.access).appRole;
    return { ...one, mount, role };
  });
}

/** The one that logs in with this role. */
export function kesOfRole(access: StackAccess, { mount, role }: RoleName): KesRole | undefined {
  return kesRoles(access).find((one) => one.mount === mount && one.role === role);
}

/** What the KES of this role logs in with, where Sealdeck made it. */
export function appRoleOfKes(access: StackAccess, name: RoleName): ReturnType<typeof readAppRole> {
  const found = kesOfRole(access, name);
  return found && readAppRole(found.access);
}

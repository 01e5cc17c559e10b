import type { Stack } from '../../../../shared/stacks.ts';

/** The MinIO cluster whose KES logs in with a role; undefined: it is none of this stack's. Pure. */
export function clusterOfRole(stack: Stack, mount: string, role: string): string | undefined {
  return stack.minioClusters.find((minio) => {
    const kes = stack.kesClusters.find(({ id }) => id === minio.kes);
    const place = kes?.placeInStore ?? stack.keyStores.find(({ id }) => id === kes?.keyStore);
    return place?.appRole.mount === mount && place.appRole.role === role;
  })?.id;
}

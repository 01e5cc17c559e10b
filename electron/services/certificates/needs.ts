import type { CertificatesInput } from '../../../shared/certificates.ts';
import { clustersOf, nodesOf, wayOf } from '../../../shared/servers.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import { isOfFurtherCluster, minioIdentityFile, type Pair, pairs } from './pairs.ts';

/** One certificate that the stack needs, and the names that a server's must hold. */
export interface Need {
  pair: Pair;
  hosts: readonly string[];
}

/** What decides over the needs: the stack's servers, the form, and the names of this machine. */
export interface Asked {
  stack: Stack;
  input: CertificatesInput;
  hosts: readonly string[];
  /** Only what a cluster has of its own that is added to a stack: Vault's and the operator's are there already. */
  further?: boolean;
}

/**
 * A server by API brought its certificate along; the others get one, for this machine's names or for those that the
 * other host is called by. Towards KES Sealdeck and MinIO each need an identity, unless they have one already.
 */
export function needsOf({ stack, input, hosts, further }: Asked): Need[] {
  return pairs.flatMap((pair): Need[] => {
    if (further && (pair.id === 'vault' || pair.id === 'operator')) return [];
    if (pair.id === 'operator') return stack.kesClusters.length > 0 && !isForeign(stack, pair) ? [{ pair, hosts: [] }] : [];
    if (pair.id === 'minio-client') return needsMinioIdentity(stack, pair, input) ? [{ pair, hosts: [] }] : [];
    const way = wayOf(stack, pair.id);
    // Its clients believe another CA: a company's or a public one signed for it, and the local CA must not take its place.
    const ca = clustersOf(stack, pair.id)[0]?.ca;
    if (ca !== undefined && ca !== 'local' && way !== 'api') return [];
    if (way === 'here') return [{ pair, hosts }];
    return way === 'handedOver' ? [{ pair, hosts: nodesOf(stack, pair.id).map(hostOf) }] : [];
  });
}

/** Whether Sealdeck sets the server up, here or for another host. */
export function isOurs(stack: Stack, kind: ServerKind): boolean {
  const way = wayOf(stack, kind);
  return way === 'here' || way === 'handedOver';
}

/** KES and MinIO by API both: MinIO may have its identity on its own host, and only its keeper knows. */
export function mayHaveIdentity(stack: Stack): boolean {
  return wayOf(stack, 'kes') === 'api' && wayOf(stack, 'minio') === 'api';
}

/** An identity made for MinIO that shall no longer be used: MinIO turned out to have its own. */
export function isSuperfluous({ stack, input }: Pick<Asked, 'stack' | 'input'>): boolean {
  return mayHaveIdentity(stack) && !input.minioIdentity && stack.identities.some(({ certFile }) => certFile === minioIdentityFile);
}

/** Why there is nothing to make. */
export function nothingNeeded(asked: Asked): Text | undefined {
  if (needsOf(asked).length > 0 || isSuperfluous(asked)) return undefined;
  return say(mayHaveIdentity(asked.stack) ? 'certificatesNoneIdentity' : 'certificatesNone');
}

function needsMinioIdentity(stack: Stack, pair: Pair, input: CertificatesInput): boolean {
  if (stack.kesClusters.length === 0 || isForeign(stack, pair)) return false;
  if (isOurs(stack, 'kes') || isOurs(stack, 'minio')) return true;
  return mayHaveIdentity(stack) && input.minioIdentity;
}

/** An identity that was brought along: its certificate lies elsewhere, and not with those of a cluster that was added. */
function isForeign(stack: Stack, pair: Pair): boolean {
  const purpose = pair.id === 'operator' ? 'operator' : 'minio';
  return stack.identities.some(
    (identity) => identity.purpose === purpose && identity.certFile !== pair.certificate && !isOfFurtherCluster(identity),
  );
}

function hostOf({ url }: { url: string }): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

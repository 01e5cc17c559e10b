import { createPrivateKey } from 'node:crypto';
import type { ServerTest } from '../../../shared/connect.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { serverNames } from '../../../shared/servers.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { createKesClient } from '../../clients/kes/client.ts';
import { createMinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { minioEndpoint, readRoot } from '../../clients/s3/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { type HopResult, testHops } from '../../platform/hops.ts';
import { certificatesIn } from '../../platform/tlsProbe.ts';
import { shownCertificate } from './certificates.ts';
import { kesLights } from './kesLights.ts';
import { leafOf, type OwnLights, sevenLights, wordsOf } from './lights.ts';
import { minioLights } from './minioLights.ts';
import { keyScopeOf, type Target, targetOf } from './server.ts';
import { vaultLights } from './vaultLights.ts';

type Closing = OwnLights & { close(): Promise<void> };

/** The seven lights of one server with what was saved of it. Asks the server and changes nothing there. */
export async function testServer(access: StackAccess, kind: ServerKind, signal: AbortSignal): Promise<ServerTest> {
  const target = await targetOf(access, kind);
  const identity = kind === 'kes' ? await operatorIdentity(access) : undefined;
  const hops = await testHops({ ca: target.ca, ...(identity ? { cert: identity.cert, key: identity.key } : {}) }, target.url, signal);
  let said: string | undefined;
  const own = await lightsOf(access, kind, target, identity, (words) => {
    said = words;
  });
  try {
    const lights = await sevenLights(withoutOurLack(hops, identity, kind), own);
    const red = lights.find(({ outcome }) => outcome === 'fail');
    const words = wordsOf(red?.error) ?? said;
    const leaf = leafOf(hops);
    return {
      kind,
      url: target.url,
      lights,
      ...(leaf ? { certificate: shownCertificate(leaf) } : {}),
      ...(words === undefined ? {} : { said: words }),
      at: new Date().toISOString(),
    };
  } finally {
    await own.close();
  }
}

async function lightsOf(
  access: StackAccess,
  kind: ServerKind,
  target: Target,
  identity: Identity | undefined,
  heard: (words: string) => void,
): Promise<Closing> {
  switch (kind) {
    case 'vault':
      return vaultLights(access, heard);
    case 'kes': {
      if (!identity) return without(kind);
      const kes = createKesClient({ ...target, cert: identity.cert, key: identity.key });
      return { ...kesLights(kes, identity.hash, keyScopeOf(access.stack), heard), close: () => kes.close() };
    }
    case 'minio': {
      const keys = readRoot(access);
      if (!keys) return without(kind);
      const admin = createMinioAdmin(await minioEndpoint(access));
      const defaultKey = access.stack.minioClusters[0]?.defaultKey ?? '';
      return { ...minioLights(admin, { user: keys.user, defaultKey }, heard), close: () => admin.close() };
    }
  }
}

interface Identity {
  cert: string;
  key: Secret;
  hash: string;
}

/** The operator's identity, once certificate and key of it are here and fit. */
async function operatorIdentity(access: StackAccess): Promise<Identity | undefined> {
  const known = access.stack.identities.find(({ purpose }) => purpose === 'operator');
  const cert = known && (await access.folder.read(known.certFile));
  const key = access.secrets.get('operator.key');
  if (!known || cert === undefined || key === undefined) return undefined;
  try {
    if (!certificatesIn(cert)[0]?.checkPrivateKey(createPrivateKey(key.reveal()))) return undefined;
  } catch {
    return undefined;
  }
  return { cert, key, hash: known.hash };
}

/** KES ends a connection without a certificate; when we have none to send, that is what is said. */
function withoutOurLack(hops: HopResult[], identity: Identity | undefined, kind: ServerKind): HopResult[] {
  if (kind !== 'kes' || identity) return hops;
  return hops.map((hop) => (hop.hop === 'identity' ? { hop: 'identity', outcome: 'notTried', ms: 0 } : hop));
}

function without(kind: ServerKind): Closing {
  const refuse = async (): Promise<never> => {
    throw new AppError('connectNoCredential', { server: serverNames[kind] });
  };
  return { identity: refuse, policy: refuse, keyStore: refuse, key: refuse, close: async () => undefined };
}

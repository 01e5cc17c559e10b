import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { answerError } from '../../clients/kes/answers.ts';
import { createKesClient, type KesClient } from '../../clients/kes/client.ts';
import { type KesRight, kesRights } from '../../clients/kes/rights.ts';
import { createMinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { operatorLogin } from '../../clients/vault/forStack.ts';
import { createVaultClient } from '../../clients/vault/vaultClient.ts';
import type { Accepted } from './credentials.ts';
import type { KeyScope, Target } from './server.ts';

/**
 * Asks the server whether it takes a credential; throws what it says. A login is made once, and its token comes back, so that
 * a secret ID of limited use is spent once. Changes nothing on the server.
 */
export async function tryCredential(accepted: Accepted, target: Target, scope: KeyScope): Promise<{ token?: Secret }> {
  switch (accepted.kind) {
    case 'vault':
      return { token: await tryVault(accepted, target) };
    case 'kes': {
      const kes = createKesClient({ ...target, cert: accepted.cert, key: accepted.key });
      await identityKnown(kes, scope, accepted.hash).finally(() => kes.close());
      return {};
    }
    case 'minio': {
      const { user, password } = accepted.keys;
      const admin = createMinioAdmin({ ...target, credentials: { accessKey: user, secretKey: new Secret(password) } });
      await admin
        .account()
        .catch(asLogin)
        .finally(() => admin.close());
      return {};
    }
  }
}

/** Why a server could not be asked at all: nothing that the credential is to blame for. */
export function isOutOfReach(error: unknown): boolean {
  if (!isAppError(error) || error.code === 'tlsIdentityRefused') return false;
  return (
    /^(?:network|tls)/.test(error.code) || ['vaultSealed', 'vaultNotInitialised', 'vaultStandby', 'minioNotReady'].includes(error.code)
  );
}

async function tryVault({ operator }: Accepted & { kind: 'vault' }, target: Target): Promise<Secret> {
  const client = createVaultClient(target);
  try {
    const { initialized, sealed } = await client.sealStatus();
    if (!initialized) throw new AppError('vaultNotInitialised', { host: client.host });
    if (sealed) throw new AppError('vaultSealed', { host: client.host });
    const { token } = await operatorLogin(client, operator).catch(asLogin);
    await client.lookupSelf(token);
    return token;
  } finally {
    await client.close();
  }
}

/** A refused login, said to the person who typed it. */
export function asLogin(error: unknown): never {
  if (isAppError(error, 'minioCredentialRefused'))
    throw new AppError('connectKeysRefused', { code: '', message: '', ...error.details }, { cause: error });
  if (!isAppError(error, 'vaultLoginRefused')) throw error;
  const { host = '', reason = '' } = error.details;
  throw new AppError('connectLoginRefused', { host, reason }, { cause: error });
}

/**
 * The rights of an identity. KES answers 403 both to an identity in no policy and to a path that its policy lacks; only when
 * everything is refused is it called unknown. Throws `kesNoIdentity`, `connectIdentityUnknown`.
 */
export async function identityKnown(kes: KesClient, scope: KeyScope, hash: string): Promise<KesRight[]> {
  const { status, message } = await kes.probe('GET', '/version');
  if (status !== 200) throw answerError({ status, text: () => message }, { host: kes.url, path: '/version', name: '' });
  const rights = await kesRights(kes, scope);
  if (!rights.some(({ outcome }) => outcome === 'ok')) throw new AppError('connectIdentityUnknown', { host: kes.url, identity: hash });
  return rights;
}

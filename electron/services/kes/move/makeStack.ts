import { join } from 'node:path';
import type { z } from 'zod';
import type { CredentialInput } from '../../../../shared/connect.ts';
import type { kesMoveProcedures } from '../../../../shared/kesMove.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { placeInput, serverUrl } from '../../../../shared/setup.ts';
import type { AllHandlers, CallContext } from '../../../rpc/connection.ts';
import { readDeployment, readText } from './deployment.ts';
import { engineOf } from './keys.ts';
import { identityOf, kesUrlOf, loginOf } from './look.ts';

/** What Set up and Connect do, handed in by the app: services know no sibling. */
export interface StackMaking {
  others(): Pick<AllHandlers, 'setup.propose' | 'setup.create' | 'connect.save' | 'connect.finish'>;
}

const call: CallContext = { signal: new AbortController().signal, host: 'cli' };

type Input = z.output<(typeof kesMoveProcedures)['kes.moveMakeStack']['input']>;

/** A stack of a folder of old files, as Connect would make it: read-only until somebody lifts that. Everything is read before anything is made. */
export async function makeStack({ others }: StackMaking, input: Input): Promise<string> {
  const deployment = await readDeployment(input.source);
  const { config, minio, serverCert } = deployment;
  const engine = engineOf(deployment);
  if (engine === undefined) throw new AppError('kesMoveFile', { path: deployment.configFile, reason: 'its keys are not in Vault' });
  const addressIn = (found: string | undefined, what: string): string => {
    const url = serverUrl.safeParse(found);
    if (url.success) return url.data;
    throw new AppError('kesMoveFile', { path: deployment.configFile, reason: `${what} is not https://host:port` });
  };
  const kesUrl = addressIn(kesUrlOf(deployment), 'the address of KES');
  const vaultUrl = addressIn(config.keyStore?.values.endpoint, 'the address of Vault');
  const identity = await identityOf(deployment);
  if (identity === undefined) throw new AppError('kesIdentityMissing', { identity: 'MinIO' });
  const vaultCa = config.keyStore?.values['tls.ca'];
  const vaultTrust = vaultCa === undefined ? ({ kind: 'system' } as const) : ({ kind: 'file', pem: await readText(vaultCa) } as const);
  const login = loginOf(minio);
  const minioLogin: CredentialInput | undefined =
    input.minio ?? (login && { kind: 'minioKeys', accessKey: login.user, secretKey: new Secret(login.password) });
  const defaultKey = minio.get('MINIO_KMS_KES_KEY_NAME');

  const handlers = others();
  // Beside the files that stay in use: the certificates are the new server's, too.
  const folder = input.stackFolder ?? join(input.source.folder, 'sealdeck');
  const { place } = await handlers['setup.propose']({ name: input.name, folder }, call);
  const none = { way: 'none' } as const;
  const servers = { vault: none, kes: none, minio: none };
  const { stackId } = await handlers['setup.create']({ place: placeInput.parse({ ...place, servers }), mode: 'guided' }, call);
  await handlers['connect.save']({ stackId, kind: 'vault', url: vaultUrl, trust: vaultTrust, credential: input.vault, engine }, call);
  const credential = { kind: 'kesCertificate' as const, cert: identity.cert, key: new Secret(identity.key) };
  await handlers['connect.save']({ stackId, kind: 'kes', url: kesUrl, trust: { kind: 'file', pem: serverCert }, credential }, call);
  if (input.minioUrl === undefined) return stackId;
  await handlers['connect.save'](
    {
      stackId,
      kind: 'minio',
      url: input.minioUrl,
      trust: input.minioCa === undefined ? { kind: 'system' } : { kind: 'file', pem: input.minioCa },
      ...(minioLogin ? { credential: minioLogin } : {}),
      ...(defaultKey ? { defaultKey } : {}),
    },
    call,
  );
  await handlers['connect.finish']({ stackId }, call);
  return stackId;
}

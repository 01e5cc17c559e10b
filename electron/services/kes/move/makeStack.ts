import type { z } from 'zod';
import type { CredentialInput } from '../../../../shared/connect.ts';
import type { kesMoveProcedures } from '../../../../shared/kesMove.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { type ServerPlace, serverUrl } from '../../../../shared/setup.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { readDeployment, readText } from './deployment.ts';
import { engineOf } from './keys.ts';
import { identityOf, kesUrlOf, loginOf } from './look.ts';

export interface SavedServer {
  stackId: string;
  kind: ServerKind;
  url: string;
  trust: { kind: 'file'; pem: string } | { kind: 'system' };
  credential?: CredentialInput;
  engine?: { mount: string; version: 1 | 2; prefix: string };
  defaultKey?: string;
}

/** What Connect does, handed in by the app: services know no sibling. */
export interface StackMaking {
  createStack(name: string, folder: string | undefined, servers: Record<ServerKind, ServerPlace>): Promise<string>;
  saveServer(server: SavedServer): Promise<void>;
  finishStack(stackId: string): Promise<void>;
}

type Input = z.output<(typeof kesMoveProcedures)['kes.moveMakeStack']['input']>;

/** A stack of a folder of old files, as Connect would make it: read-only until somebody lifts that. Everything is read before anything is made. */
export async function makeStack(making: StackMaking, input: Input): Promise<string> {
  const deployment = await readDeployment(input.source);
  const { config, minio, serverCert } = deployment;
  const engine = engineOf(deployment);
  if (engine === undefined) throw new AppError('kesMoveFile', { path: deployment.configFile, reason: 'its keys are not in Vault' });
  const kesUrl = serverUrl.parse(kesUrlOf(deployment));
  const vaultUrl = serverUrl.parse(config.keyStore?.values.endpoint);
  const identity = await identityOf(deployment);
  if (identity === undefined) throw new AppError('kesIdentityMissing', { identity: 'MinIO' });
  const vaultCa = config.keyStore?.values['tls.ca'];
  const vaultTrust = vaultCa === undefined ? ({ kind: 'system' } as const) : ({ kind: 'file', pem: await readText(vaultCa) } as const);
  const login = loginOf(minio);
  const minioLogin: CredentialInput | undefined =
    input.minio ?? (login && { kind: 'minioKeys', accessKey: login.user, secretKey: new Secret(login.password) });
  const defaultKey = minio.get('MINIO_KMS_KES_KEY_NAME');

  const none: ServerPlace = { way: 'none' };
  const stackId = await making.createStack(input.name, input.stackFolder, { vault: none, kes: none, minio: none });
  await making.saveServer({ stackId, kind: 'vault', url: vaultUrl, trust: vaultTrust, credential: input.vault, engine });
  await making.saveServer({
    stackId,
    kind: 'kes',
    url: kesUrl,
    trust: { kind: 'file', pem: serverCert },
    credential: { kind: 'kesCertificate', cert: identity.cert, key: new Secret(identity.key) },
  });
  if (input.minioUrl === undefined) return stackId;
  await making.saveServer({
    stackId,
    kind: 'minio',
    url: input.minioUrl,
    trust: input.minioCa === undefined ? { kind: 'system' } : { kind: 'file', pem: input.minioCa },
    ...(minioLogin ? { credential: minioLogin } : {}),
    ...(defaultKey ? { defaultKey } : {}),
  });
  await making.finishStack(stackId);
  return stackId;
}

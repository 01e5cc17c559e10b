import { isAppError } from '../../../shared/rpc/errors.ts';
import type { AdminNode, MinioAdmin } from './adminClient.ts';

/** How MinIO itself reads a switch (its config.ParseBool; tried on the server): what is neither counts as off. */
export function readSwitch(value: string | undefined): 'on' | 'off' | 'neither' {
  if (value === undefined) return 'off';
  if (/^(?:1|t|T|true|TRUE|True|on|ON|On)$/.test(value) || value.toLowerCase() === 'enabled') return 'on';
  return /^(?:0|f|F|false|FALSE|False|off|OFF|Off)$/.test(value) || value.toLowerCase() === 'disabled' ? 'off' : 'neither';
}

/** Undefined: the nodes differ, so that it depends on the node what an upload becomes; or there is none. */
export function automaticOf(nodes: readonly Pick<AdminNode, 'environment'>[]): boolean | undefined {
  const [first, ...others] = nodes.map(({ environment }) => readSwitch(environment.MINIO_KMS_AUTO_ENCRYPTION) === 'on');
  return others.every((one) => one === first) ? first : undefined;
}

/**
 * MINIO_KMS_AUTO_ENCRYPTION of the running nodes (minio.md 2.9): whether uploads without a header become SSE-KMS with the
 * default key where no rule says otherwise. Undefined: nobody can say; it may not be read, or nodes differ.
 */
export async function automaticEncryption(admin: Pick<MinioAdmin, 'nodes'>): Promise<boolean | undefined> {
  try {
    return automaticOf(await admin.nodes());
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

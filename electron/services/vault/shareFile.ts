import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { keyStoreOf, readInit } from '../../clients/vault/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { openWithPassphrase, sha256Of, shareIn } from './custodyFile.ts';

/**
 * A custodian's passphrase file, opened: its share, and whose it is when it is the one that was handed out. Files say
 * themselves which Vault they are for and when they were made, so one of another Vault, or of shares that were renewed
 * since, is told apart before anything is sent: `vaultShareOfOther`, `vaultShareOld`.
 */
export async function openShareFile(
  access: Pick<StackAccess, 'stack' | 'secrets'>,
  content: string,
  passphrase: Secret,
): Promise<{ share: Secret; custodian: string | undefined }> {
  const { custodians, nodes } = keyStoreOf(access);
  const text = await openWithPassphrase(content, passphrase);
  const share = shareIn(text);
  const owner = custodians.find(({ file }) => file?.sha256 === sha256Of(content));
  const field = (label: string): string => new RegExp(`^${label}: +(\\S.*?)\\s*$`, 'm').exec(text.reveal())?.[1] ?? '';
  const [url, stack, made] = [field('Vault'), field('Stack'), field('Made')];
  const renewed = readInit(access)?.rekeyedAt;
  if (owner === undefined && url !== '' && nodes.some((node) => node.url === url)) {
    if (renewed !== undefined && made !== '' && made < renewed) throw new AppError('vaultShareOld', { made, renewed });
    // Only where it is known who holds the shares: a Vault that others set up may have had another address.
  } else if (owner === undefined && url !== '' && custodians.length > 0) throw new AppError('vaultShareOfOther', { url, stack });
  return { share, custodian: owner?.id };
}

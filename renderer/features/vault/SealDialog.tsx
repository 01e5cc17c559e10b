import { DangerDialog, type Fact } from '../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatSeconds } from '../../components/format.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction } from '../../rpc/hooks.ts';
import { goSeconds } from './meanwhile.ts';

interface SealDialogProps {
  stackId: string;
  status: Output<'vault.status'>;
  cache: string | undefined;
  onClose(): void;
}

/** What stops when Vault is sealed, and what it takes to open it again. Without enough kept shares the name must be typed. */
export function SealDialog({ stackId, status, cache, onClose }: SealDialogProps) {
  const { t } = useWords();
  const language = useLanguage();
  const seal = useAction('vault.seal');
  const node = status.nodes.find(({ state }) => state === 'active') ?? status.nodes[0];
  if (!node) return null;
  const { threshold = 0, shares = 0 } = node;
  const enough = status.keptShares >= threshold;
  const facts: Fact[] = [
    { label: t('vault.seal.kes'), value: t('vault.seal.kesValue', { cache: formatSeconds(goSeconds(cache ?? ''), language) }) },
    { label: t('vault.seal.minio'), value: t('vault.seal.minioValue') },
    { label: t('vault.seal.open1'), value: t('vault.seal.open1Value', { threshold, shares }) },
    { label: t('vault.seal.kept'), value: t('vault.seal.keptValue', { count: status.keptShares }), loud: !enough },
  ];

  async function confirm(): Promise<void> {
    if (await seal.run({ stackId, node: node?.node ?? '' })) onClose();
  }

  return (
    <DangerDialog
      opened
      title={t('vault.seal.title', { node: node.node })}
      {...(enough ? {} : { warning: t('vault.seal.warning', { threshold }), name: node.node })}
      explanation={t('vault.seal.text')}
      facts={facts}
      keep={t('vault.seal.keep')}
      doIt={t('vault.seal.doIt', { node: node.node })}
      pending={seal.pending}
      error={seal.error ? <ErrorNotice error={seal.error} /> : null}
      onClose={onClose}
      onConfirm={() => void confirm()}
    />
  );
}

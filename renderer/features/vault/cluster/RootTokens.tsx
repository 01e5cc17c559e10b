import { useState } from 'react';
import { Age } from '../../../components/Age.tsx';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { DangerDialog } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { formatFull } from '../../../components/format.ts';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { SmallTable } from '../../../components/SmallTable.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import type { PartProps } from '../parts.ts';
import styles from './cluster.module.css';

/** Every root token that lives, asked for when somebody wants to know: a server may have many accessors. */
export function RootTokens({ stackId, did }: { stackId: string; did: PartProps['did'] }) {
  const { t, language } = useWords();
  const [asking, setAsking] = useState(false);
  const [revoking, setRevoking] = useState<{ accessor: string; madeAt: string; name: string } | undefined>(undefined);
  const listed = useCall('vault.rootTokens', { stackId }, { enabled: asking });
  const revoke = useAction('vault.rootRevoke');
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('vaultCluster.root.head')}</h2>
        <EngineButton size="xs" loading={listed.isFetching} onClick={() => (asking ? void listed.refetch() : setAsking(true))}>
          {t('vaultCluster.root.list')}
        </EngineButton>
      </div>
      {listed.data === undefined ? <p className={styles.quiet}>{t('vaultCluster.root.listWhy')}</p> : null}
      {listed.error ? <ErrorNotice error={listed.error} /> : null}
      {listed.data?.tokens.length === 0 ? <p>{t('vaultCluster.root.none')}</p> : null}
      {listed.data && listed.data.tokens.length > 0 ? (
        <div className={styles.scroll}>
          <SmallTable className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('vaultCluster.root.accessor')}</th>
                <th scope="col">{t('vaultCluster.root.born')}</th>
                <th scope="col">{t('vaultCluster.root.name')}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {listed.data.tokens.map((token) => (
                <tr key={token.accessor}>
                  <td>
                    <CopyValue value={token.accessor} longest={20} />
                  </td>
                  <td>
                    <Age at={token.madeAt} />
                  </td>
                  <td>
                    {token.name} ({t(`vaultCluster.root.${token.ours ? 'ours' : 'strange'}`)})
                  </td>
                  <td>
                    {token.ours ? null : (
                      <ChangeButton
                        size="xs"
                        variant="subtle"
                        aria-label={t('vaultCluster.root.revokeLabel', { accessor: token.accessor })}
                        onClick={() => setRevoking(token)}
                      >
                        {t('vaultCluster.root.revokeOne')}
                      </ChangeButton>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </SmallTable>
        </div>
      ) : null}
      {revoking === undefined ? null : (
        <DangerDialog
          opened
          title={t('vaultCluster.root.revokeTitle')}
          warning={t('vaultCluster.root.revokeWarning')}
          explanation={t('vaultCluster.root.revokeText')}
          facts={[
            { label: t('vaultCluster.root.accessor'), value: revoking.accessor },
            { label: t('vaultCluster.root.born'), value: formatFull(revoking.madeAt, language) },
            { label: t('vaultCluster.root.name'), value: revoking.name },
          ]}
          keep={t('vaultCluster.root.revokeKeep')}
          doIt={t('vaultCluster.root.revokeDo')}
          pending={revoke.pending}
          error={revoke.error ? <ErrorNotice error={revoke.error} /> : null}
          onClose={() => setRevoking(undefined)}
          onConfirm={() =>
            void revoke.run({ stackId, accessor: revoking.accessor }).then((answer) => {
              if (!answer) return;
              did(answer.evidence);
              setRevoking(undefined);
              void listed.refetch();
            })
          }
        />
      )}
    </section>
  );
}

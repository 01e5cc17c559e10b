import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { SmallTable } from '../../../components/SmallTable.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import styles from './cluster.module.css';

type Raft = NonNullable<Output<'vault.cluster'>['raft']>;

/** Raft's servers as the leader tells them, with the way to remove one. */
export function Peers({ raft, onRemove }: { raft: Raft; onRemove(peer: string): void }) {
  const { t } = useWords();
  return (
    <section className={styles.section}>
      <h2>{t('vaultCluster.peers.head')}</h2>
      <p>{raft.error ? t('vaultCluster.peers.none') : t('vaultCluster.peers.from', { node: raft.from ?? '' })}</p>
      {raft.error ? (
        <ErrorNotice error={raft.error} />
      ) : (
        <div className={styles.scroll}>
          <SmallTable className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('vaultCluster.peers.id')}</th>
                <th scope="col">{t('vaultCluster.peers.address')}</th>
                <th scope="col">{t('vaultCluster.peers.role')}</th>
                <th scope="col">{t('vaultCluster.peers.contact')}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {raft.peers.map((peer) => (
                <tr key={peer.id}>
                  <td className="sd-mono">{peer.id}</td>
                  <td className="sd-mono">{peer.address}</td>
                  <td>{t(`vaultCluster.peers.${peer.leader ? 'leader' : peer.voter ? 'voter' : 'nonVoter'}`)}</td>
                  <td>
                    {[
                      contactWords(peer.lastContact),
                      peer.healthy === undefined ? undefined : t(`vaultCluster.peers.${peer.healthy ? 'healthy' : 'unhealthy'}`),
                    ]
                      .filter((word) => word !== undefined)
                      .join(', ')}
                  </td>
                  <td>
                    {raft.peers.length > 1 ? (
                      <ChangeButton
                        size="xs"
                        variant="subtle"
                        aria-label={t('vaultCluster.peers.removeLabel', { peer: peer.id })}
                        onClick={() => onRemove(peer.id)}
                      >
                        {t('vaultCluster.peers.remove')}
                      </ChangeButton>
                    ) : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </SmallTable>
        </div>
      )}
    </section>
  );
}

/** "4.065251422s" as people read it: "4.1 s". Pure. */
function contactWords(told: string | undefined): string | undefined {
  const [, number, unit] = /^([\d.]+)(ms|s)$/.exec(told ?? '') ?? [];
  return number === undefined ? told : `${Number(Number(number).toFixed(1))} ${unit}`;
}

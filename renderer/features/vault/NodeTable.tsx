import { VisuallyHidden } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import type { Custody, VaultNodeStatus } from '../../../shared/vault.ts';
import { Age } from '../../components/Age.tsx';
import { CopyValue, ShortName } from '../../components/CopyValue.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatClock, keyEnd } from '../../components/format.ts';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import styles from './vault.module.css';

const marks: Record<VaultNodeStatus['state'], Mark> = {
  active: 'ok',
  standby: 'ok',
  sealed: 'warn',
  uninitialised: 'absent',
  unreachable: 'fail',
};

interface NodeTableProps<N extends VaultNodeStatus> {
  nodes: readonly N[];
  /** Further rows, above when each was asked. */
  more?: readonly { readonly label: string; cell(node: N): ReactNode }[];
  /** Custodians who have a share, to tell who has given theirs. */
  holders?: Custody['custodians'];
  resetting: boolean;
  onReset(node: string): void;
}

/** Nodes across, what is known of each down; sealed columns are tinted. */
export function NodeTable<N extends VaultNodeStatus>({ nodes, more = [], holders = [], resetting, onReset }: NodeTableProps<N>) {
  const { t } = useWords();
  const language = useLanguage();
  const sealed = nodes.some(({ state }) => state === 'sealed');
  const unnamed = nodes.some((node) => countUnnamed(node) > 0);
  const { explain } = useSentence();
  const lead = nodes.find(({ threshold }) => threshold !== undefined);
  const product = { openbao: 'OpenBao', vault: 'Vault', unknown: 'Vault' } as const;

  function row(label: ReactNode, cell: (node: N) => ReactNode): ReactNode {
    return (
      <tr>
        <th scope="row">{label}</th>
        {nodes.map((node) => (
          <td key={node.node} data-sealed={node.state === 'sealed' || undefined}>
            {cell(node)}
          </td>
        ))}
        <td aria-hidden />
      </tr>
    );
  }

  return (
    <div className={styles.tableBox}>
      <table className={styles.nodes}>
        <thead>
          <tr>
            <td className={styles.caption}>
              {lead ? t('vault.table.caption', { threshold: lead.threshold ?? 0, shares: lead.shares ?? 0 }) : null}
              {nodes.length > 1 ? <span>{t('vault.table.each', { threshold: lead?.threshold ?? 0 })}</span> : null}
            </td>
            {nodes.map((node) => (
              <th key={node.node} scope="col" data-sealed={node.state === 'sealed' || undefined}>
                <span className={styles.node}>
                  <StateIcon mark={marks[node.state]} size={16} silent />
                  <ShortName name={node.node} longest={24} />
                </span>
                <span className={styles.state}>{t(`vault.state.${node.state}`)}</span>
                {node.threshold === undefined ? null : <Segments node={node} />}
              </th>
            ))}
            <td aria-hidden />
          </tr>
        </thead>
        <tbody>
          {sealed
            ? holders.map((holder) => (
                <Fragment key={holder.id}>
                  {row(
                    <span className={styles.holder}>
                      <ShortName name={holder.name} longest={26} />
                      <span>
                        {t(`vault.custody.${holder.kind}`)}{' '}
                        {holder.pgp === undefined ? null : <span className="sd-mono">{keyEnd(holder.pgp.fingerprint)}</span>}
                      </span>
                    </span>,
                    (node) => {
                      if (node.state !== 'sealed') return t('vault.table.notNeeded');
                      const gave = node.given?.find(({ custodian }) => custodian === holder.id);
                      return (
                        <span className={styles.gave}>
                          <StateIcon mark={gave === undefined ? 'absent' : 'ok'} silent />
                          {gave === undefined
                            ? t('vault.table.canGive')
                            : t('vault.table.givenAt', { time: formatClock(gave.at, language) })}
                        </span>
                      );
                    },
                  )}
                </Fragment>
              ))
            : null}
          {sealed && holders.length > 0 && unnamed
            ? row(t('vault.table.elsewhere'), (node) => t('vault.table.elsewhereCount', { count: countUnnamed(node) }))
            : null}
          {row(t('vault.table.address'), (node) => (
            <CopyValue value={node.url.replace(/^https?:\/\//, '')} longest={30} />
          ))}
          {row(t('vault.table.server'), (node) =>
            node.state === 'unreachable'
              ? node.error
                ? explain(node.error).title
                : t('vault.table.unknown')
              : `${product[node.product ?? 'unknown']} ${node.version ?? ''}`,
          )}
          {row(t('vault.table.storage'), (node) => node.storage ?? t('vault.table.unknown'))}
          {nodes.some(({ state, progress }) => state === 'sealed' && (progress ?? 0) > 0)
            ? row(t('vault.table.attempt'), (node) =>
                node.state === 'sealed' && node.nonce !== undefined && (node.progress ?? 0) > 0 ? (
                  <span className={styles.attempt}>
                    <CopyValue value={node.nonce} longest={13} />
                    <EngineButton variant="transparent" size="xs" loading={resetting} onClick={() => onReset(node.node)}>
                      {t('vault.reset')}
                    </EngineButton>
                  </span>
                ) : (
                  t('vault.table.noAttempt')
                ),
              )
            : null}
          {more.map(({ label, cell }) => (
            <Fragment key={label}>{row(label, cell)}</Fragment>
          ))}
          {row(t('vault.table.asked'), (node) => (
            <Age at={node.at} className={styles.age ?? ''} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Shares of the attempt of which this engine does not know whose they are. */
function countUnnamed({ state, progress, given }: VaultNodeStatus): number {
  if (state !== 'sealed') return 0;
  return (progress ?? 0) - (given ?? []).filter(({ custodian }) => custodian !== undefined).length;
}

/** One segment for each share that opens the node. An open node shows all of them. */
function Segments({ node }: { node: VaultNodeStatus }) {
  const { t } = useWords();
  const threshold = node.threshold ?? 0;
  const open = node.state === 'active' || node.state === 'standby';
  const given = open ? threshold : (node.progress ?? 0);
  return (
    <span className={styles.segments} data-open={open || undefined}>
      {threshold > 12
        ? null
        : Array.from({ length: threshold }, (_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the segments are only counted
            <span key={at} data-given={at < given || undefined} aria-hidden />
          ))}
      <span className={styles.given}>
        {t('vault.table.given', { given, threshold })}
        <VisuallyHidden> {t('vault.table.shares')}</VisuallyHidden>
      </span>
    </span>
  );
}

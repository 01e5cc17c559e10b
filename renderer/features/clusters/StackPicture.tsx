import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ClusterPicture } from '../../../shared/clusters.ts';
import { CopyValue } from '../../components/CopyValue.tsx';
import { pageOfCluster } from '../../components/cluster.tsx';
import { EvidenceLine } from '../../components/EvidenceLine.tsx';
import { formatNumber, shorten } from '../../components/format.ts';
import { HopLink, HopTile } from '../../components/HopPicture.tsx';
import { kesMark, minioMark, vaultMark } from '../../components/health.ts';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import styles from './clusters.module.css';
import { clusterMark } from './standing.ts';

type Picture = Output<'clusters.picture'>;
type Node = Picture['vault'][number] | NonNullable<ClusterPicture['kes']>['nodes'][number] | ClusterPicture['minio'][number];

const good = ['active', 'standby', 'working'];
const thoughtful = ['uninitialised', 'keyMissing', 'notReady', 'noKms'];

/** The key store on one side; each cluster beside it, from its place there over its KES to its MinIO. */
export function StackPicture({ picture, store }: { picture: Picture; store: string }) {
  const { t } = useWords();
  const { vault, clusters } = picture;
  const storeMark: Mark = vault.length > 0 ? vaultMark(vault, false) : clusters.some(({ kes }) => kes) ? 'info' : 'absent';
  return (
    <section className={styles.picture} data-mark={storeMark} aria-label={t('clusters.picture')}>
      <div className={styles.store}>
        <div className={styles.tileRow}>
          <HopTile id="vault" mark={storeMark} />
          <span className={styles.stub} aria-hidden />
        </div>
        <h2>{store}</h2>
        <ul className={styles.nodes} aria-label={t('clusters.store', { store })}>
          {vault.map((node) => (
            <li key={node.node}>
              <NodeLine node={node} says={t(`clusters.node.vault.${node.state}`)} always />
            </li>
          ))}
        </ul>
      </div>
      <ol className={styles.clusters}>
        {clusters.map((cluster) => (
          <li key={cluster.id}>
            <Cluster cluster={cluster} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Cluster({ cluster }: { cluster: ClusterPicture }) {
  const { t } = useWords();
  const language = useLanguage();
  const { kes, keyStore, minio, identity, unfinished } = cluster;
  const building = unfinished !== undefined;
  const mark = clusterMark(cluster);
  const kesState = kes ? kesMark(kes.nodes, building) : 'absent';
  const minioState = minioMark(minio, building);
  const latency = kes?.nodes.find(({ keyStoreLatencyMs }) => keyStoreLatencyMs !== undefined)?.keyStoreLatencyMs;
  const endpoints = minio.find(({ kesEndpoints }) => kesEndpoints.length > 0)?.kesEndpoints ?? [];
  const number = (value: number): string => formatNumber(value, language);
  // Of each node where there are several: one that is silent does not hide what the others counted.
  const each = (kes?.nodes ?? []).flatMap(({ node, requests }) => (requests === undefined ? [] : [`${node}: ${number(requests)}`]));
  return (
    <>
      <div className={styles.name}>
        <h2 title={cluster.id}>{shorten(cluster.id, 32)}</h2>
        <StateIcon mark={mark} silent />
        <span>{t(`clusters.state.${unfinished?.jobId !== undefined ? 'adding' : stateOf(mark)}`)}</span>
      </div>
      <div className={styles.chain}>
        <HopLink
          carrier={keyStore?.role === undefined ? '' : 'AppRole'}
          mark={kesState}
          measure={latency === undefined ? '' : `${number(latency)} ms`}
        />
        <HopTile id="kes" mark={kesState} />
        <HopLink
          carrier="mTLS"
          mark={minioState}
          measure={
            endpoints.length === 0
              ? ''
              : t('components.hop.ofOnline', { online: endpoints.filter(({ online }) => online).length, total: endpoints.length })
          }
        />
        <HopTile id="minio" mark={minioState} />
        <span />
      </div>
      <div className={styles.sides}>
        <div>
          <Heading to="/kes" cluster={cluster} word="KES" />
          {kes ? (
            <>
              <Nodes nodes={kes.nodes} building={building} says={({ state }) => t(`clusters.node.kes.${state}`)} />
              <dl className={styles.facts}>
                <Value label={t('clusters.prefix')} value={keyStore?.path} />
                <Value label={t('clusters.role')} value={keyStore?.role} />
                <Value label={t('clusters.policy')} value={keyStore?.policy} />
                <Value label={t('clusters.keys')} value={kes.pattern} />
                <Row label={t('clusters.requests')}>
                  <Tooltip label={[t('clusters.requestsWhy'), ...each].join('\n')} multiline maw={320} style={{ whiteSpace: 'pre-line' }}>
                    <span className={styles.number}>
                      {kes.requests !== undefined ? number(kes.requests) : each.join(', ') || t('clusters.unknown')}
                    </span>
                  </Tooltip>
                </Row>
              </dl>
            </>
          ) : (
            <p className={styles.quiet}>{t('clusters.noKes')}</p>
          )}
        </div>
        <div>
          <Heading to="/minio" cluster={cluster} word="MinIO" />
          <Nodes nodes={minio} building={building} says={({ state }) => t(`clusters.node.minio.${state}`)} />
          <dl className={styles.facts}>
            <Value label={t('clusters.defaultKey')} value={cluster.defaultKey} />
            <Value label={t('clusters.identity')} value={identity} longest={13} none={t('clusters.none')} />
          </dl>
        </div>
      </div>
    </>
  );
}

/** Leads to the page of it, which is then about this cluster. */
function Heading({ to, cluster, word }: { to: string; cluster: ClusterPicture; word: string }) {
  const { t } = useWords();
  return (
    <h3>
      <Link href={pageOfCluster(to, cluster.id)} aria-label={t('clusters.of', { word, name: cluster.id })}>
        {word}
      </Link>
    </h3>
  );
}

const stateOf = (mark: Mark): 'ok' | 'warn' | 'fail' | 'absent' => (mark === 'ok' || mark === 'warn' || mark === 'fail' ? mark : 'absent');

function Nodes<N extends Node>({ nodes, building, says }: { nodes: readonly N[]; building: boolean; says(node: N): string }) {
  return (
    <ul className={styles.nodes}>
      {nodes.map((node) => (
        <li key={node.node}>
          <NodeLine node={node} building={building} says={says(node)} />
        </li>
      ))}
    </ul>
  );
}

interface NodeLineProps {
  node: Node;
  says: string;
  /** Says how it is, whatever it is. */
  always?: boolean;
  /** Its silence is no failure yet. */
  building?: boolean;
}

/** A server by its id and where it is, or how it is once that is not in order. */
function NodeLine({ node, says, always = false, building = false }: NodeLineProps) {
  const { t } = useWords();
  const host = node.url.replace(/^https?:\/\//, '');
  const where = node.way === 'here' ? host : t('components.hop.byApi', { host });
  const fine = good.includes(node.state);
  const mark = fine ? 'ok' : thoughtful.includes(node.state) ? 'warn' : building ? 'absent' : 'fail';
  return (
    <EvidenceLine mark={mark} at={node.at}>
      <span className={styles.node} title={`${node.node}, ${where}`}>
        {shorten(node.node, 20)}
      </span>{' '}
      <span title={where}>{fine && !always ? shorten(where, 30) : says}</span>
    </EvidenceLine>
  );
}

/** A value that no server told is not shown, unless its absence says something. */
function Value({ label, value, longest = 24, none }: { label: string; value: string | undefined; longest?: number; none?: string }) {
  if (value === undefined && none === undefined) return null;
  return (
    <Row label={label} title={value}>
      {value === undefined ? none : <CopyValue value={value} longest={longest} />}
    </Row>
  );
}

function Row({ label, title, children }: { label: string; title?: string | undefined; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd title={title}>{children}</dd>
    </div>
  );
}

import { useSyncExternalStore } from 'react';
import type { KesStatus } from '../../../../shared/kes.ts';
import type { NodeNow } from '../../../../shared/kesKeys.ts';
import { Age, useAgo } from '../../../components/Age.tsx';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { Fact } from '../../../components/Fact.tsx';
import { formatBytes, formatNumber, formatSeconds, shortVersion } from '../../../components/format.ts';
import facts from '../../../components/objectFacts.module.css';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { type Mark, StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { Chart } from './Chart.tsx';
import { KesLog } from './KesLog.tsx';
import styles from './nodes.module.css';
import type { Sample } from './samples.ts';
import { useSamples } from './useSamples.ts';

const lookMs = 5_000;
const statusMs = 15_000;
const marks = {
  working: 'ok',
  keyMissing: 'warn',
  keyStoreDown: 'fail',
  credentialsDead: 'fail',
  unreachable: 'fail',
} as const satisfies Record<KesStatus['state'], Mark>;

/** Every node of KES side by side: whether it really works, how busy it is, and what it logged. Asked only while the page is visible. */
export function NodesPane({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const { explain } = useSentence();
  const now = useCall('kes.nodes', { stackId: stack.id }, { every: lookMs });
  const status = useCall('kes.status', { stackId: stack.id }, { every: statusMs });
  const samples = useSamples(now.data?.nodes);
  const states = status.data?.nodes ?? [];
  const working = states.filter(({ state }) => state === 'working');
  const broken = states.find(({ state }) => state !== 'working');
  const ago = useAgo(states[0]?.at);
  const error = now.error ?? status.error;
  const cache = now.data?.cache;
  return (
    <div>
      <PageHeader
        question={t('kesKeys.nodes.question')}
        answer={
          states.length === 0
            ? undefined
            : {
                mark: broken ? marks[broken.state] : 'ok',
                text: broken
                  ? t('kesKeys.nodes.broken', { node: broken.node, why: broken.error ? explain(broken.error).title : '' })
                  : t('kesKeys.nodes.works', { count: working.length, number: working.length, ago }),
              }
        }
      />
      {error ? (
        <div className={styles.notice}>
          <ErrorNotice error={error} />
        </div>
      ) : null}
      <div className={styles.nodes}>
        {(now.data?.nodes ?? []).map((node) => (
          <Node key={node.node} node={node} state={states.find((one) => one.node === node.node)} samples={samples.get(node.node) ?? []} />
        ))}
      </div>
      {cache ? (
        <section className={styles.cache}>
          <h2>{t('kesKeys.nodes.cache')}</h2>
          <dl className={facts.facts}>
            <Fact label={t('kesKeys.nodes.any')}>{t('kesKeys.nodes.anyWhy', { any: cache.any })}</Fact>
            <Fact label={t('kesKeys.nodes.unused')}>{t('kesKeys.nodes.unusedWhy', { unused: cache.unused })}</Fact>
            <Fact label={t('kesKeys.nodes.hits')}>{t('kesKeys.nodes.noHits')}</Fact>
          </dl>
          {cache.assumed ? <p className={styles.quiet}>{t('kesKeys.nodes.assumed')}</p> : null}
        </section>
      ) : null}
      <KesLog stackId={stack.id} />
      <DrawerContent
        commands={[{ line: 'kes status' }, { line: 'kes metric' }, { line: 'kes log --audit' }]}
        lines={states.map(({ node, state, at, error: why }) => ({
          mark: marks[state],
          text: `${node}: ${why ? explain(why).title : t(`kesKeys.nodes.state.${state}`)}`,
          at,
        }))}
      />
    </div>
  );
}

interface NodeProps {
  node: NodeNow;
  /** What an operation with a real key said: a green status of KES says nothing of the credentials behind it. */
  state: KesStatus | undefined;
  samples: readonly Sample[];
}

function Node({ node: { node, url, version, uptime, keyStoreMs, counts, reachable, error, at }, state, samples }: NodeProps) {
  const { t, language } = useWords();
  const { explain } = useSentence();
  const second = useNow();
  const end = Math.max(second, Date.parse(at));
  const perSecond = (value: number): string => (value === 0 ? '0' : value < 10 ? value.toFixed(1) : Math.round(value).toString());
  const ms = (value: number): string => t('kesKeys.ms', { ms: value < 10 ? value.toFixed(1) : Math.round(value) });
  const chart = {
    samples,
    end,
    none: t('kesKeys.nodes.noLook'),
    spoken: (now: string, most: string) => t('kesKeys.nodes.spoken', { now, most }),
  };
  const total = counts ? counts.success + counts.error + counts.failure : undefined;
  return (
    <section className={styles.node} aria-label={node}>
      <header className={styles.nodeHead}>
        <StateIcon mark={state ? marks[state.state] : reachable ? 'info' : 'fail'} size={16} />
        <h2 className="sd-mono">{node}</h2>
        <span className={styles.quiet}>{state ? t(`kesKeys.nodes.state.${state.state}`) : null}</span>
        {state ? <Age at={state.at} /> : null}
      </header>
      {!reachable && error ? <p className={styles.why}>{explain(error).title}</p> : null}
      <dl className={facts.facts}>
        <Fact label={t('kesKeys.nodes.address')}>
          <span className="sd-mono">{url.replace('https://', '')}</span>
        </Fact>
        <Fact label={t('kesKeys.nodes.version')}>
          {version === undefined ? '–' : version.startsWith('<') ? t('kesKeys.nodes.noVersion') : (shortVersion(version) ?? version)}
        </Fact>
        <Fact label={t('kesKeys.nodes.up')}>{uptime === undefined ? '–' : formatSeconds(uptime, language)}</Fact>
        <Fact label={t('kesKeys.nodes.store')}>{keyStoreMs === undefined ? '–' : t('kesKeys.nodes.storeMs', { ms: keyStoreMs })}</Fact>
        <Fact label={t('kesKeys.nodes.total')}>
          {counts && total !== undefined
            ? t('kesKeys.nodes.totals', {
                count: total,
                number: formatNumber(total, language),
                refused: formatNumber(counts.refused, language),
                failure: formatNumber(counts.failure, language),
              })
            : '–'}
        </Fact>
        {counts?.heap === undefined ? null : <Fact label={t('kesKeys.nodes.heap')}>{formatBytes(counts.heap, language)}</Fact>}
      </dl>
      {reachable && error ? <p className={styles.quiet}>{explain(error).title}</p> : null}
      <div className={styles.charts}>
        <Chart {...chart} title={t('kesKeys.nodes.rate')} value="rate" least={1} show={perSecond} />
        <Chart {...chart} title={t('kesKeys.nodes.bad')} value="bad" least={1} show={perSecond} loud />
        <Chart {...chart} title={t('kesKeys.nodes.took')} value="ms" least={5} show={ms} />
        <Chart {...chart} title={t('kesKeys.nodes.storeTook')} value="storeMs" least={5} show={ms} />
      </div>
    </section>
  );
}

const everyMs = 5_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The right edge of the charts goes on while nothing is heard, so that a gap is seen to grow; not while nobody looks. */
function useNow(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      timer ??= setInterval(() => {
        if (!document.hidden) for (const one of [...listeners]) one();
      }, everyMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    () => Math.floor(Date.now() / everyMs) * everyMs,
  );
}

import { Tooltip } from '@mantine/core';
import { IconBucket, IconBuildingBank, IconCertificate, IconKey, IconServer2 } from '@tabler/icons-react';
import { useWords } from '../locales/language.ts';
import { useLostAt } from '../rpc/hooks.ts';
import { EvidenceLine } from './EvidenceLine.tsx';
import styles from './hopPicture.module.css';
import type { HopId, HopState, LinkState } from './hops.ts';
import { type Mark, StateIcon } from './StateIcon.tsx';

const icons = { certificates: IconCertificate, vault: IconBuildingBank, kes: IconKey, minio: IconServer2, buckets: IconBucket } as const;

/** The icon of a link of the chain; rail, top bar and pictures use the same. */
export function HopIcon({ id, size }: { id: HopId; size: number }) {
  const Icon = icons[id];
  return <Icon size={size} stroke={1.5} aria-hidden />;
}

/** The chain from certificates to buckets, each with what it answered and when. */
export function HopPicture({ hops, links }: { hops: readonly HopState[]; links: readonly LinkState[] }) {
  const { t } = useWords();
  return (
    <ol className={styles.chain} aria-label={t('components.chain')}>
      {hops.map((hop, at) => (
        <li key={hop.id}>
          <div className={styles.row}>
            <HopTile id={hop.id} mark={hop.mark} />
            {links[at] ? <HopLink {...links[at]} /> : null}
          </div>
          <div className={styles.name}>{hop.name}</div>
          <Tooltip label={hop.address} disabled={hop.address.length < 26}>
            <div className={styles.address}>{hop.address}</div>
          </Tooltip>
          <div className={styles.evidence}>
            {hop.evidence.map((line) => (
              <EvidenceLine key={line.text} mark={line.mark} at={line.at}>
                {line.text}
              </EvidenceLine>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** One place of a picture: its icon, and how it is. */
export function HopTile({ id, mark }: { id: HopId; mark: Mark }) {
  return (
    <span className={styles.tile}>
      <HopIcon id={id} size={19} />
      <span className={styles.mark}>
        <StateIcon mark={mark} />
      </span>
    </span>
  );
}

/** The line to the next place. */
export function HopLink({ carrier, measure, mark }: LinkState) {
  const lost = useLostAt() !== undefined;
  return (
    <span className={styles.link} data-mark={lost ? 'absent' : mark}>
      <span className={styles.carrier}>{carrier}</span>
      <span className={styles.line} aria-hidden />
      <span className={styles.measure}>{measure}</span>
    </span>
  );
}

/** The same chain before there is one: dashed outlines and names. */
export function EmptyChain({ names }: { names: Readonly<Record<HopId, string>> }) {
  return (
    <ol className={styles.empty} aria-hidden>
      {(Object.keys(icons) as HopId[]).map((id) => (
        <li key={id}>
          <span className={styles.ghost}>
            <HopIcon id={id} size={19} />
          </span>
          <span>{names[id]}</span>
        </li>
      ))}
    </ol>
  );
}

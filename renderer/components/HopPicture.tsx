import { Tooltip } from '@mantine/core';
import { IconBucket, IconBuildingBank, IconCertificate, IconKey, IconServer2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useWords } from '../locales/language.ts';
import { useLostAt } from '../rpc/hooks.ts';
import { EvidenceLine } from './EvidenceLine.tsx';
import styles from './hopPicture.module.css';
import type { HopId, HopState, LinkState } from './hops.ts';
import { StateIcon } from './StateIcon.tsx';

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
            <span className={styles.tile}>
              <HopIcon id={hop.id} size={19} />
              <span className={styles.mark}>
                <StateIcon mark={hop.mark} />
              </span>
            </span>
            {links[at] ? <Link link={links[at]} /> : null}
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

function Link({ link }: { link: LinkState }): ReactNode {
  const lost = useLostAt() !== undefined;
  return (
    <span className={styles.link} data-mark={lost ? 'absent' : link.mark}>
      <span className={styles.carrier}>{link.carrier}</span>
      <span className={styles.line} aria-hidden />
      <span className={styles.measure}>{link.measure}</span>
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

import { ActionIcon, Kbd, Tooltip, UnstyledButton } from '@mantine/core';
import { IconLayoutSidebarRight, IconSearch } from '@tabler/icons-react';
import { ShortName } from '../components/CopyValue.tsx';
import { useCurrentStack } from '../components/currentStack.ts';
import { EvidenceLine } from '../components/EvidenceLine.tsx';
import { AsOf } from '../components/engine/AsOf.tsx';
import type { HopState } from '../components/hops.ts';
import { StateIcon } from '../components/StateIcon.tsx';
import { JobTray } from '../jobs/JobTray.tsx';
import { useWords } from '../locales/language.ts';
import { ClusterSwitch } from './ClusterSwitch.tsx';
import styles from './topBar.module.css';

interface TopBarProps {
  hops: readonly HopState[];
  drawer: { open: boolean; toggle(): void };
  openPalette(): void;
}

/** The stack, its health with the evidence on hover, running jobs, the command palette and the drawer's button. */
export function TopBar({ hops, drawer, openPalette }: TopBarProps) {
  const { t } = useWords();
  const { stack, known } = useCurrentStack();
  return (
    <header className={styles.bar}>
      {stack ? (
        <>
          <span className={styles.stack}>
            <ShortName name={stack.name} longest={24} />
          </span>
          <ClusterSwitch />
          <span className={styles.origin}>
            {stack.draft ? t('frame.draft', { origin: t(`frame.origin.${stack.origin}`) }) : t(`frame.origin.${stack.origin}`)}
          </span>
          <ul className={styles.health} aria-label={t('frame.health')}>
            {hops
              .filter((hop) => hop.id !== 'buckets')
              .map((hop) => (
                <li key={hop.id}>
                  <HealthItem hop={hop} why={t(stack.origin === 'sample' ? 'components.sample.banner' : 'components.mark.absent')} />
                </li>
              ))}
          </ul>
          <AsOf />
        </>
      ) : (
        <span className={styles.none}>{known ? t('frame.noStack') : ''}</span>
      )}
      <span className={styles.space} />
      <JobTray />
      <UnstyledButton className={styles.palette} onClick={openPalette} aria-keyshortcuts="Control+K">
        <IconSearch size={15} stroke={1.5} aria-hidden />
        <span>{t('frame.palette.open')}</span>
        <Kbd>Ctrl K</Kbd>
      </UnstyledButton>
      <Tooltip label={t('frame.drawerKey')}>
        <ActionIcon onClick={drawer.toggle} aria-label={t('frame.drawer')} aria-expanded={drawer.open} aria-keyshortcuts="Control+.">
          <IconLayoutSidebarRight size={16} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

/** `why`: what stands in place of evidence where there is none. */
function HealthItem({ hop, why }: { hop: HopState; why: string }) {
  const { t } = useWords();
  const part = hop.part ?? t(`components.part.${hop.id}`);
  const evidence = (
    <div className={styles.evidence}>
      {hop.evidence.length === 0 ? why : null}
      {hop.evidence.map((line) => (
        <EvidenceLine key={line.text} mark={line.mark} at={line.at}>
          {line.text}
        </EvidenceLine>
      ))}
    </div>
  );
  return (
    <Tooltip label={evidence} classNames={{ tooltip: styles.tip ?? '' }} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the evidence shows on focus as well as on hover */}
      <span className={styles.item} tabIndex={0}>
        <StateIcon mark={hop.mark} />
        {part}
      </span>
    </Tooltip>
  );
}

import { ActionIcon, Drawer } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useWords } from '../locales/language.ts';
import styles from './shell.module.css';

interface NarrowDrawerProps {
  opened: boolean;
  width: number;
  /** What fills it has a button for closing it. */
  closes: boolean;
  onClose(): void;
  setSlot(slot: HTMLElement | null): void;
}

/** The drawer of a narrow window: over the page, closed by Escape, a button or a click beside it. */
export function NarrowDrawer(props: NarrowDrawerProps) {
  const { t } = useWords();
  // Loaded because it shall open, it opens one step later: only what opens notes where the focus goes back to.
  const [there, setThere] = useState(false);
  useEffect(() => setThere(true), []);
  return (
    <Drawer.Root
      opened={there && props.opened}
      onClose={props.onClose}
      position="right"
      size={props.width}
      padding={0}
      transitionProps={{ duration: 160 }}
      classNames={{ content: styles.floating ?? '', body: styles.floatingBody ?? '' }}
    >
      <Drawer.Overlay backgroundOpacity={0.4} />
      <Drawer.Content aria-label={t('frame.drawer')}>
        <Drawer.Body>
          {props.closes ? null : (
            <ActionIcon className={styles.close ?? ''} onClick={props.onClose} aria-label={t('frame.close')}>
              <IconX size={16} stroke={1.5} />
            </ActionIcon>
          )}
          <div ref={props.setSlot} className={styles.slot} />
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode, Ref } from 'react';
import styles from './drawerPane.module.css';

interface DrawerHeadProps {
  /** The heading's, for what it names. */
  id?: string;
  /** Where the focus goes when the pane opens. */
  heading?: Ref<HTMLHeadingElement>;
  title: ReactNode;
  /** The title in one piece, for those who hear it: a name that is cut in the middle comes in two. */
  label?: string;
  /** The whole name on hover. */
  hover?: string;
  /** The button that closes it: its word, and what it does. */
  close?: string;
  onClose?(): void;
  icon?: ReactNode;
}

/** The head of a tray, a card or a plan in the drawer. */
export function DrawerHead({ id, heading, title, label, hover, close, onClose, icon = <IconX size={16} stroke={1.5} /> }: DrawerHeadProps) {
  return (
    <header className={styles.head}>
      <h2 id={id} ref={heading} tabIndex={-1} aria-label={label} title={hover}>
        {title}
      </h2>
      {onClose === undefined ? null : (
        <ActionIcon onClick={onClose} aria-label={close}>
          {icon}
        </ActionIcon>
      )}
    </header>
  );
}

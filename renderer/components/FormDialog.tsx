import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './formDialog.module.css';

interface FormDialogProps {
  title: string;
  /** In pixels. */
  size?: number;
  onClose(): void;
  onSubmit(): void;
  children: ReactNode;
}

/** A form in the middle of the window. */
export function FormDialog({ title, size = 560, onClose, onSubmit, children }: FormDialogProps) {
  return (
    <Modal.Root opened onClose={onClose} returnFocus size={size}>
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <Modal.Body>
          <form
            className={styles.dialog}
            onSubmit={(event) => {
              event.preventDefault();
              onSubmit();
            }}
          >
            <h2>{title}</h2>
            {children}
          </form>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Its buttons: the one that does nothing first. */
export function FormFoot({ children }: { children: ReactNode }) {
  return <div className={styles.foot}>{children}</div>;
}

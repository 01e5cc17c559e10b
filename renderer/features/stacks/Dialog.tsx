import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './stacks.module.css';

/** A form in the middle of the window. */
export function Dialog({ title, onClose, onSubmit, children }: { title: string; onClose(): void; onSubmit(): void; children: ReactNode }) {
  return (
    <Modal.Root opened onClose={onClose} returnFocus size={560}>
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

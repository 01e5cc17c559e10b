import { Button, Modal, TextInput } from '@mantine/core';
import { IconAlertOctagonFilled } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useWords } from '../locales/language.ts';
import styles from './dangerDialog.module.css';
import { EngineButton } from './engine/EngineButton.tsx';

export interface Fact {
  label: string;
  value: ReactNode;
  loud?: boolean;
}

interface DangerDialogProps {
  opened: boolean;
  title: string;
  /** First sentence, in red: what cannot be undone. Absent when it can be. */
  warning?: string;
  explanation: string;
  facts: readonly Fact[];
  /** What must be typed; absent for work that can be undone. */
  name?: string;
  /** Named for what it keeps: "Keep the key". */
  keep: string;
  doIt: string;
  /** Nothing would come of it, or its facts are being read. */
  off?: boolean;
  pending?: boolean;
  error?: ReactNode;
  /** Choices that belong to the work, below the facts. */
  children?: ReactNode;
  onClose(): void;
  onConfirm(): void;
}

/** Facts first, then the name to type. The dangerous button stays off until the name is right. */
export function DangerDialog(props: DangerDialogProps) {
  return (
    <Modal.Root opened={props.opened} onClose={props.onClose} returnFocus>
      <Modal.Overlay />
      <Modal.Content aria-label={props.title}>
        <Modal.Body>
          <Body {...props} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Body({
  title,
  warning,
  explanation,
  facts,
  name,
  keep,
  doIt,
  off,
  pending,
  error,
  children,
  onClose,
  onConfirm,
}: DangerDialogProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState('');
  const right = off !== true && (name === undefined || typed === name);
  return (
    <form
      className={styles.body}
      onSubmit={(event) => {
        event.preventDefault();
        if (right && !pending) onConfirm();
      }}
    >
      <h2 className={styles.title}>
        <IconAlertOctagonFilled size={18} color="var(--sd-fail)" aria-hidden />
        {title}
      </h2>
      <p className={styles.words}>
        {warning === undefined ? null : <strong className={styles.warning}>{warning} </strong>}
        {explanation}
      </p>
      <dl className={styles.facts}>
        {facts.map((fact) => (
          <div key={fact.label}>
            <dt>{fact.label}</dt>
            <dd data-loud={fact.loud || undefined}>{fact.value}</dd>
          </div>
        ))}
      </dl>
      {children}
      {name === undefined ? null : (
        <TextInput
          label={<TypeName name={name} />}
          classNames={{ input: 'sd-mono' }}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          aria-label={t('components.typeNamePlain', { name })}
        />
      )}
      {error}
      <div className={styles.foot}>
        <Button onClick={onClose} {...(name === undefined ? { 'data-autofocus': true } : {})}>
          {keep}
        </Button>
        <EngineButton type="submit" variant="filled" color="red" disabled={!right} loading={pending ?? false}>
          {doIt}
        </EngineButton>
      </div>
    </form>
  );
}

function TypeName({ name }: { name: string }) {
  const { t } = useWords();
  const [before, after] = t('components.typeName', { name: '' }).split('<name></name>');
  return (
    <>
      {before}
      <span className="sd-mono">{name}</span>
      {after}
    </>
  );
}

import { Radio } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import type { Upload } from '../../../../shared/uploads.ts';
import { formatNumber } from '../../../components/format.ts';
import { KmsKeyPick } from '../../../components/KmsKeyPick.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { CustomerKeyChoice } from './CustomerKeyChoice.tsx';
import type { Choices, Draft } from './choice.ts';
import { KmsContext } from './KmsContext.tsx';
import { KmsKeyAnswer } from './KmsKeyAnswer.tsx';
import { restOf } from './totals.ts';
import styles from './tray.module.css';

interface EncryptionChoiceProps {
  upload: Upload;
  choices: Choices;
  draft: Draft;
  onChange(draft: Draft): void;
  /** MinIO could not use the chosen key. */
  onKeyFails(fails: boolean): void;
}

/** Four ways, each with what it means here. One that the server would refuse keeps its reason and cannot be chosen. */
export function EncryptionChoice({ upload, choices, draft, onChange, onKeyFails }: EncryptionChoiceProps) {
  const { t, language } = useWords();
  const { sentence, explain } = useSentence();
  const heading = useId();
  const rest = restOf(upload);
  const { stackId } = upload;

  const beside: Partial<Record<Draft['kind'] & string, ReactNode>> = {
    'sse-kms': (
      <KmsKeyPick
        label={t('objects.tray.key')}
        keys={choices.keys}
        value={draft.key}
        typed
        className={styles.key}
        onChange={(key) => onChange({ ...draft, key })}
      />
    ),
  };
  const below: Partial<Record<Draft['kind'] & string, ReactNode>> = {
    'sse-kms': (
      <>
        <KmsKeyAnswer stackId={stackId} name={draft.key} more={choices.more} onFails={onKeyFails} />
        <KmsContext rows={draft.context} onChange={(context) => onChange({ ...draft, context })} />
      </>
    ),
    'sse-c': <CustomerKeyChoice stackId={stackId} value={draft.keyId} onChange={(keyId) => onChange({ ...draft, keyId })} />,
  };

  return (
    <section className={styles.choice}>
      <h3 id={heading}>
        {upload.phase === 'alarm'
          ? t('objects.tray.encryptionWaiting', { count: rest, number: formatNumber(rest, language) })
          : t('objects.tray.encryption')}
      </h3>
      <Radio.Group
        aria-labelledby={heading}
        value={draft.kind ?? ''}
        onChange={(kind) => {
          onKeyFails(false);
          onChange({ ...draft, kind: choices.choices.find((choice) => choice.kind === kind)?.kind });
        }}
      >
        {choices.choices.map(({ kind, reason, refused }) => (
          <div key={kind} className={styles.way} data-refused={refused !== undefined || undefined}>
            <div className={styles.wayLine}>
              <Radio
                value={kind}
                disabled={refused !== undefined}
                label={t(`objects.tray.kind.${kind}`)}
                description={refused ? explain(refused).title : sentence(reason)}
              />
              {draft.kind === kind ? beside[kind] : null}
            </div>
            {refused ? (
              <p className={styles.refusal}>{explain(refused).next}</p>
            ) : draft.kind === kind && below[kind] ? (
              <div className={styles.below}>{below[kind]}</div>
            ) : null}
          </div>
        ))}
      </Radio.Group>
    </section>
  );
}

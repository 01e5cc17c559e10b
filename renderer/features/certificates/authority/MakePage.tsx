import { Button, SegmentedControl } from '@mantine/core';
import { useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import type { NewPassphraseHandle } from '../../../components/NewPassphrase.tsx';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { PlanChanges, PlanWarnings } from '../../../wizard/PlanView.tsx';
import { useDebounced } from '../../../wizard/useDebounced.ts';
import { type Draft, draftOf, inputOf, wrongIn } from './draft.ts';
import type { Listed } from './FilesPane.tsx';
import styles from './files.module.css';
import { MakeFields } from './MakeFields.tsx';
import { filesAddress, makeAddress, type What, whats } from './place.ts';

/** A CA, a certificate or a request: the form, what it will do with the openssl lines beside it, then the one button. */
export function MakePage({ stack, what, listed }: { stack: StackSummary; what: What; listed: Listed | undefined }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const [draft, setDraft] = useState<Draft | undefined>(undefined);
  const shown = draft ?? (listed ? draftOf(what, listed) : undefined);
  return (
    <>
      <PageHeader above={<Link href={filesAddress}>{t('certificateFiles.back')}</Link>} question={t('certificateFiles.new.question')} />
      <div className={styles.page}>
        <SegmentedControl
          className={styles.kinds ?? ''}
          aria-label={t('certificateFiles.new.what')}
          value={what}
          data={whats.map((one) => ({ value: one, label: t(`certificateFiles.new.${one}`) }))}
          onChange={(next) => go(makeAddress(whats.find((one) => one === next) ?? 'leaf'))}
        />
        <p className={styles.quiet}>{t(`certificateFiles.new.${what}Why`)}</p>
        {shown && listed ? <Form stack={stack} draft={shown} listed={listed} onChange={setDraft} /> : null}
      </div>
    </>
  );
}

interface FormProps {
  stack: StackSummary;
  draft: Draft;
  listed: Listed;
  onChange(draft: Draft | undefined): void;
}

function Form({ stack, draft, listed, onChange }: FormProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [, go] = useLocation();
  const passphrase = useRef<NewPassphraseHandle>(null);
  const rested = useDebounced(draft, 300);
  const wrong = wrongIn(draft);
  const fits = Object.keys(wrong).length === 0;
  const asks = draft.what === 'leaf' && draft.keyIn === 'file' && draft.protection !== 'none';
  // The plan needs no passphrase of a person's; it is told that there will be one.
  const planned = inputOf(rested, asks ? 'planned' : undefined);
  const plan = useCall(
    'certificates.makePlan',
    { stackId: stack.id, input: planned },
    { enabled: Object.keys(wrongIn(rested)).length === 0, keepPrevious: true },
  );
  const make = useAction('certificates.make');
  const [made, setMade] = useState<Output<'certificates.make'> | undefined>(undefined);

  async function submit(): Promise<void> {
    if (!fits) return;
    const word = asks ? passphrase.current?.take() : undefined;
    if (asks && word === undefined) return;
    setMade(await make.run({ stackId: stack.id, input: inputOf(draft, word) }));
  }

  if (made)
    return (
      <>
        <p className="sd-note" data-mark="ok">
          {t('certificateFiles.new.made', { file: made.file })}
        </p>
        <div className={styles.buttons}>
          <Button variant="filled" onClick={() => go(filesAddress)}>
            {t('certificateFiles.new.toList')}
          </Button>
          <Button
            onClick={() => {
              setMade(undefined);
              onChange(undefined);
            }}
          >
            {t('certificateFiles.new.another')}
          </Button>
        </div>
        <DrawerContent commands={[]} evidence={made.evidence} autoOpen />
      </>
    );

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <MakeFields draft={draft} listed={listed} wrong={wrong} passphrase={passphrase} onChange={onChange} />
      {plan.data ? (
        <>
          <PlanChanges changes={plan.data.changes} />
          <ul className={styles.planned}>
            {plan.data.files.map(({ path, mode, why }) => (
              <li key={path}>
                <span className="sd-mono">{path}</span> {mode} <span className={styles.small}>{sentence(why)}</span>
              </li>
            ))}
          </ul>
          <PlanWarnings warnings={plan.data.warnings} />
        </>
      ) : null}
      {(make.error ?? plan.error) ? <ErrorNotice error={(make.error ?? plan.error) as NonNullable<typeof plan.error>} /> : null}
      <div className={styles.buttons}>
        <EngineButton type="submit" variant="filled" disabled={!fits || plan.error !== null} loading={make.pending}>
          {t(`certificateFiles.new.do.${draft.what}`)}
        </EngineButton>
      </div>
      <DrawerContent commands={plan.data?.commands ?? []} evidence={[]} autoOpen />
    </form>
  );
}

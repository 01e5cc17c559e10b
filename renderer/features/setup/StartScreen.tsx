import { Checkbox } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { StoreMode } from '../../../shared/app.ts';
import { type PlaceInput, placeInput, type StepId, stepIds } from '../../../shared/setup.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { StoreChoice, type StoreChoiceHandle } from '../../components/StoreChoice.tsx';
import { StoreUnlock } from '../../components/StoreForms.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { badFields, isBad } from '../../wizard/issues.ts';
import { PlanChanges } from '../../wizard/PlanView.tsx';
import { FoundServers } from './FoundServers.tsx';
import fields from './fields.module.css';
import { folderFor } from './folder.ts';
import { KeyStoreFields, type KeyStoreHandle } from './forms/KeyStoreFields.tsx';
import { MorePlace, NameAndFolder } from './forms/PlaceForm.tsx';
import { WaysFields } from './forms/WaysFields.tsx';
import { type Mode, SetupFrame } from './SetupFrame.tsx';
import { StepHead } from './StepHead.tsx';
import { neededBy, toGet } from './servers.ts';
import styles from './setup.module.css';
import { StepFailure } from './stepErrors.tsx';

/** No set-up yet: the first step as a form that works as it stands, and the two ways to go on. */
export function StartScreen() {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [, navigate] = useLocation();
  const [mode, setMode] = useState<Mode>('guided');
  const proposal = useCall('setup.propose', {});
  const store = useCall('store.status', {}).data;
  const [base, setBase] = useState<PlaceInput | undefined>(undefined);
  const [edits, setEdits] = useState<Partial<PlaceInput>>({});
  const [agreed, setAgreed] = useState(true);
  const [storeMode, setStoreMode] = useState<StoreMode | undefined>(undefined);
  const choice = useRef<StoreChoiceHandle>(null);
  const keyStore = useRef<KeyStoreHandle>(null);
  const create = useAction('setup.create');
  const give = useAction('keyStores.give');
  const settings = useAction('settings.write');
  const express = useAction('setup.express');
  const apply = useAction('setup.apply');
  const [sending, setSending] = useState(false);

  // The first proposal stays: later ones would change ports under the user's hands.
  useEffect(() => {
    if (proposal.data) setBase((before) => before ?? proposal.data.place);
  }, [proposal.data]);

  const binaries = proposal.data?.binaries ?? [];
  const place = base === undefined ? undefined : { ...base, ...edits };
  const bad = place === undefined ? new Set<string>() : badFields(placeInput, place);
  const needed = place === undefined ? [] : neededBy(place.product, binaries, place.servers);
  const get = toGet(needed);
  const wrong = (path: string, words: string): string | undefined => (isBad(bad, path) ? words : undefined);
  const steps = stepIds.map((id) => ({ id, state: 'todo' as const, name: sentence({ code: `setup.step.${id}` }) }));

  const unprotected = store?.state === 'absent' ? storeMode === 'practice' : store?.state === 'open' && !store.protected;

  function change(values: Partial<PlaceInput>): void {
    setEdits((before) => ({ ...before, ...values }));
  }
  // The folder follows the name until it is typed itself.
  const shown = place && base && edits.folder === undefined ? { ...place, folder: folderFor(base, place.name) } : place;

  async function start(): Promise<void> {
    if (!shown || bad.size > 0) return;
    if (shown.keyStore.kind !== 'vault' && !keyStore.current?.complete()) return;
    setSending(true);
    try {
      if (store?.state === 'absent' && !(await choice.current?.make())) return;
      // Before the stack is there: then the window shows its steps, and this form is gone.
      const secrets = keyStore.current?.take();
      const made = await create.run({ place: shown, mode });
      if (!made) return;
      if (secrets && !(await give.run({ stackId: made.stackId, ...secrets }))) return;
      await settings.run({ currentStack: made.stackId });
      if (mode === 'express') {
        await express.run({ stackId: made.stackId, inputs: { servers: { get: agreed && get.missing.length > 0 } } });
      } else {
        // What was agreed to here is the draft of the next step.
        if (agreed && get.missing.length > 0) await draft.run({ stackId: made.stackId, step: 'servers', input: { get: true } });
        await apply.run({ stackId: made.stackId, step: 'place', input: { ...shown } });
      }
      navigate(mode === 'express' ? '/setup/express' : '/setup/place');
    } finally {
      setSending(false);
    }
  }
  const draft = useAction('setup.draft');

  return (
    <SetupFrame
      mode={mode}
      onMode={setMode}
      steps={steps}
      shown={mode === 'guided' ? ('place' satisfies StepId) : undefined}
      onOpen={() => undefined}
    >
      <form
        className={styles.startForm}
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <div className={styles.scroll} data-scroll>
          <StepHead
            title={t('setup.start.title')}
            sentence={
              <>
                {t(mode === 'express' ? 'setup.start.express' : 'setup.start.guided')}{' '}
                <Link href="/connect">{t('setup.start.connect')}</Link>
              </>
            }
          />
          {proposal.error ? <ErrorNotice error={proposal.error} /> : null}
          {store?.state === 'locked' ? <Locked /> : null}
          {shown === undefined || store?.state === 'locked' ? null : (
            <div className={fields.form}>
              <NameAndFolder values={shown} change={change} wrong={wrong} fixed={false} />
              <KeyStoreFields values={shown} change={change} wrong={wrong} kept={[]} ref={keyStore} />
              <WaysFields values={shown} change={change} wrong={wrong} />
              <div>
                <FoundServers binaries={needed} loading={proposal.isPending} />
                {get.missing.length > 0 ? (
                  <Checkbox
                    className={fields.agree ?? ''}
                    label={t('setup.servers.get')}
                    description={t(get.impossible ? 'setup.servers.getImpossible' : 'setup.servers.getSum', {
                      count: get.missing.length,
                      megabytes: String(get.megabytes),
                      minutes: String(get.minutes),
                    })}
                    checked={agreed}
                    onChange={(event) => setAgreed(event.currentTarget.checked)}
                  />
                ) : null}
              </div>
              {store?.state === 'absent' ? <StoreChoice keychain={store.keychain} onMode={setStoreMode} ref={choice} /> : null}
              <MorePlace values={shown} change={change} wrong={wrong} binaries={binaries} bad={bad} />
            </div>
          )}
          {create.error ? <StepFailure error={create.error} step="place" fixes={{}} /> : null}
          {give.error ? <ErrorNotice error={give.error} /> : null}
          {express.error ? <ErrorNotice error={express.error} /> : null}
          {shown && mode === 'guided' ? <PlanChanges changes={placeChanges(shown)} /> : null}
        </div>
        <footer className={`sd-foot ${styles.foot}`}>
          <span className={styles.space}>
            {unprotected ? (
              <span className={styles.quietNote}>
                <StateIcon mark="warn" silent /> {t('setup.done.practice')}
              </span>
            ) : null}
          </span>
          <EngineButton
            type="submit"
            variant="filled"
            disabled={shown === undefined || bad.size > 0 || store === undefined || store.state === 'locked'}
            loading={sending}
          >
            {t(mode === 'express' ? 'setup.everything' : 'setup.place.action')}
          </EngineButton>
        </footer>
      </form>
      {shown ? (
        <DrawerContent
          commands={
            mode === 'express'
              ? [
                  {
                    line: `npx --no-install sealdeck up --dir ${shown.folder}${shown.keyStore.kind === 'vault' ? '' : ` --key-store ${shown.keyStore.kind}${shown.keyStore.kind === 'fs' ? '' : ' --key-store-file -'}`}${unprotected ? ' --practice' : ''}${agreed && get.missing.length > 0 ? ' --build-servers' : ''}`,
                  },
                ]
              : [{ comment: { code: 'setup.place.folderCommand' }, line: `install -d -m 0700 ${shown.folder}` }]
          }
          evidence={[]}
          autoOpen
        />
      ) : null}
    </SetupFrame>
  );
}

function placeChanges({ folder, name }: PlaceInput) {
  return [
    { code: 'setup.place.folder' as const, params: { folder } },
    { code: 'setup.place.record' as const, params: { name } },
  ];
}

function Locked() {
  const { t } = useWords();
  const store = useCall('store.status', {}).data;
  return store ? (
    <section className={fields.fact}>
      <h2>{t('setup.store.locked')}</h2>
      <p>{t('setup.store.lockedText')}</p>
      <StoreUnlock status={store} />
    </section>
  ) : null;
}

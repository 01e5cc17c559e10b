import { Button, Radio } from '@mantine/core';
import { useState } from 'react';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine, EvidenceList } from '../../../components/EvidenceLine.tsx';
import { FilePick, type PickedFile } from '../../../components/FilePick.tsx';
import { formatWhen, keyEnd } from '../../../components/format.ts';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { saveText } from '../../../rpc/files.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { type PartProps, useSays } from '../parts.ts';
import styles from './cluster.module.css';
import { GiveOne } from './GiveOne.tsx';
import { RootTokens } from './RootTokens.tsx';

/** A root token made from shares, used for a repair, and revoked with proof. */
export function RootPart({ stack, says, did }: PartProps) {
  const { t, language } = useWords();
  const input = { stackId: stack.id };
  const asked = useCall('vault.rootAttempt', input, { every: 5_000 });
  const custody = useCall('vault.custody', input).data;
  const begin = useAction('vault.rootBegin');
  const share = useAction('vault.rootShare');
  const file = useAction('vault.rootShareFile');
  const kept = useAction('vault.rootKept');
  const cancel = useAction('vault.rootCancel');
  const revoke = useAction('vault.rootRevoke');
  const [revoked, setRevoked] = useState<Output<'vault.rootRevoke'> | undefined>(undefined);
  const view = asked.data;
  useSays(says, {
    answer: view && {
      mark: view.phase === 'none' || view.phase === 'collecting' ? 'info' : 'warn',
      text: t(`vaultCluster.answer.rootIs.${view.phase}`, { progress: view.progress, required: view.required }),
    },
  });
  const actions = [begin, share, file, kept, cancel, revoke];
  const error = actions.find((action) => action.error)?.error ?? (view ? undefined : asked.error);

  async function act<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
    for (const action of actions) action.reset();
    setRevoked(undefined);
    const answer = await work();
    await asked.refetch();
    return answer;
  }

  const cancelButton = (word: 'cancel' | 'close' | 'forget') => (
    <ChangeButton loading={cancel.pending} onClick={() => void act(() => cancel.run(input))}>
      {t(`vaultCluster.root.${word}`)}
    </ChangeButton>
  );

  return (
    <>
      <section className={styles.section}>
        <p className={styles.narrow}>{t('vaultCluster.root.text')}</p>
        {error ? <ErrorNotice error={error} /> : null}
        {revoked ? <EvidenceList evidence={revoked.evidence} /> : null}
        {view?.phase === 'none' ? (
          <Begin
            pending={begin.pending}
            onBegin={(pgp) => void act(() => begin.run({ ...input, ...(pgp === undefined ? {} : { pgp }) }))}
          />
        ) : null}
        {view?.phase === 'collecting' ? (
          <>
            <p>{t('vaultCluster.root.collecting', { required: view.required })}</p>
            <GiveOne
              view={view}
              custodians={custody?.custodians ?? []}
              pending={share.pending || file.pending || kept.pending}
              onGive={(given) =>
                act<{ repeated: boolean }>(() => {
                  const who = given.custodian === undefined ? {} : { custodian: given.custodian };
                  return given.kind === 'typed'
                    ? share.run({ ...input, ...who, share: given.share })
                    : file.run({ ...input, ...who, content: given.content, passphrase: given.passphrase });
                })
              }
              onKept={() => void act(() => kept.run(input))}
            />
            <div className={styles.buttons}>{cancelButton('cancel')}</div>
          </>
        ) : null}
        {view?.phase === 'made' && view.token ? (
          <>
            <EvidenceLine mark="ok" at={view.token.madeAt}>
              {t('vaultCluster.root.made')} <CopyValue value={view.token.accessor} longest={16} />
            </EvidenceLine>
            <div className={styles.buttons}>
              <ChangeButton
                variant="filled"
                loading={revoke.pending}
                onClick={() =>
                  void act(() => revoke.run(input)).then((answer) => {
                    setRevoked(answer);
                    if (answer) did(answer.evidence);
                  })
                }
              >
                {t('vaultCluster.root.revoke')}
              </ChangeButton>
            </div>
          </>
        ) : null}
        {view?.phase === 'made' && view.message ? (
          <>
            <EvidenceLine mark="ok">{t('vaultCluster.root.message', { fingerprint: keyEnd(view.message.fingerprint) })}</EvidenceLine>
            <p>{t('vaultCluster.root.messageWhy')}</p>
            <div className={styles.buttons}>
              <Button
                variant="filled"
                onClick={() => view.message && saveText(view.message.name, view.message.content, 'application/octet-stream')}
              >
                {t('vaultCluster.root.save')}
              </Button>
              {cancelButton('forget')}
            </div>
          </>
        ) : null}
        {view?.phase === 'lost' ? (
          <>
            <EvidenceLine mark="warn">{t('vaultCluster.root.lost', { when: formatWhen(view.since ?? '', language) })}</EvidenceLine>
            <p>{t('vaultCluster.root.lostNext')}</p>
            <div className={styles.buttons}>{cancelButton('close')}</div>
          </>
        ) : null}
        {view?.phase === 'foreign' ? (
          <>
            <EvidenceLine mark="warn">{t('vaultCluster.root.foreign', { nonce: view.nonce ?? '–' })}</EvidenceLine>
            <div className={styles.buttons}>{cancelButton('cancel')}</div>
          </>
        ) : null}
      </section>
      <RootTokens stackId={stack.id} did={did} />
    </>
  );
}

function Begin({ pending, onBegin }: { pending: boolean; onBegin(pgp: string | undefined): void }) {
  const { t } = useWords();
  const [how, setHow] = useState<'otp' | 'pgp'>('otp');
  const [key, setKey] = useState<PickedFile | undefined>(undefined);
  const [missing, setMissing] = useState(false);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(how === 'pgp' && key === undefined);
        if (how === 'otp') onBegin(undefined);
        else if (key !== undefined) onBegin(key.content);
      }}
    >
      <Radio.Group label={t('vaultCluster.root.how')} value={how} onChange={(value) => setHow(value as 'otp' | 'pgp')}>
        <div className={styles.pair}>
          <Radio value="otp" label={t('vaultCluster.root.otp')} description={t('vaultCluster.root.otpWhy')} />
          <Radio value="pgp" label={t('vaultCluster.root.pgp')} description={t('vaultCluster.root.pgpWhy')} />
        </div>
      </Radio.Group>
      {how === 'pgp' ? (
        <FilePick
          label={t('vaultCluster.root.key')}
          file={key}
          error={missing ? t('vaultCluster.root.keyMissing') : undefined}
          onPick={setKey}
        />
      ) : null}
      <div>
        <ChangeButton type="submit" variant="filled" loading={pending}>
          {t('vaultCluster.root.begin')}
        </ChangeButton>
      </div>
    </form>
  );
}

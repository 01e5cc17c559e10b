import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { RekeyView } from '../../../../shared/vaultCluster.ts';
import { Age } from '../../../components/Age.tsx';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { Fact } from '../../../components/Fact.tsx';
import { FactList } from '../../../components/FactList.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { StepIcon } from '../../../components/StepIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { type PartProps, useSays } from '../parts.ts';
import styles from './cluster.module.css';
import { GiveOne } from './GiveOne.tsx';
import { SharesForm } from './SharesForm.tsx';

const steps = ['plan', 'collect', 'keep', 'verify', 'done'] as const;

/** Which step is in hand. `fresh`: verified in this window, and not begun again. */
function stepOf(phase: RekeyView['phase'], fresh: boolean): number {
  if (phase === 'collecting') return 1;
  if (phase === 'sealed' || phase === 'unsure') return 3;
  return phase === 'none' && fresh ? 4 : 0;
}

/** New shares: planned, the old ones given, the new ones kept and verified, then handed out. Nothing is lost by closing. */
export function SharesPart({ stack, says }: PartProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const input = { stackId: stack.id };
  const asked = useCall('vault.rekey', input, { every: 5_000 });
  const custody = useCall('vault.custody', input).data;
  const begin = useAction('vault.rekeyBegin');
  const share = useAction('vault.rekeyShare');
  const file = useAction('vault.rekeyShareFile');
  const kept = useAction('vault.rekeyKept');
  const verify = useAction('vault.rekeyVerify');
  const cancel = useAction('vault.rekeyCancel');
  const [fresh, setFresh] = useState(false);
  const [commands, setCommands] = useState<Parameters<PartProps['says']>[0]['commands']>(undefined);
  const view = asked.data;
  useSays(says, {
    commands,
    answer: view && {
      mark: view.phase === 'none' ? 'ok' : view.phase === 'collecting' || view.phase === 'sealed' ? 'info' : 'warn',
      text: t(`vaultCluster.answer.sharesAre.${view.phase}`, { progress: view.progress, required: view.required }),
    },
  });
  const actions = [begin, share, file, kept, verify, cancel];
  const error = actions.find((action) => action.error)?.error ?? (view ? undefined : asked.error);
  if (!view)
    return error ? (
      <div className={styles.section}>
        <ErrorNotice error={error} />
      </div>
    ) : null;

  /** Each action begins with a clean page and ends with a new look. */
  async function act<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
    for (const action of actions) action.reset();
    const answer = await work();
    await asked.refetch();
    return answer;
  }

  const at = stepOf(view.phase, fresh);
  const cancelButton = (
    <ChangeButton loading={cancel.pending} onClick={() => void act(() => cancel.run(input))}>
      {t('vaultCluster.shares.cancel')}
    </ChangeButton>
  );

  return (
    <>
      <ol className={styles.steps}>
        {steps.map((step, number) => (
          <li key={step} aria-current={number === at ? 'step' : undefined}>
            <StepIcon state={number < at ? 'proven' : 'todo'} current={number === at} />
            {t(`vaultCluster.shares.step.${step}`)}
          </li>
        ))}
      </ol>
      <section className={styles.section}>
        {view.kind === 'recovery' ? <p>{t('vaultCluster.shares.recovery')}</p> : null}
        {view.settled ? (
          <EvidenceLine mark="info" at={view.at}>
            {sentence(view.settled)}
          </EvidenceLine>
        ) : null}
        {view.next && view.phase !== 'none' ? <NextFacts view={view} /> : null}
        {error ? <ErrorNotice error={error} /> : null}
        {at === 4 ? (
          <>
            <EvidenceLine mark="ok" at={view.lastAt}>
              {t('vaultCluster.shares.done')}
            </EvidenceLine>
            <p className={styles.narrow}>{t('vaultCluster.shares.doneNext')}</p>
            <div className={styles.buttons}>
              <Button variant="filled" component={Link} href="/vault">
                {t('vaultCluster.shares.handOut')}
              </Button>
              <Button onClick={() => setFresh(false)}>{t('vaultCluster.shares.again')}</Button>
            </div>
          </>
        ) : null}
        {at === 0 && view.phase === 'none' ? (
          <SharesForm
            stackId={stack.id}
            view={view}
            pending={begin.pending}
            onCommands={setCommands}
            onBegin={(asking) => void act(() => begin.run({ ...input, ...asking }))}
          />
        ) : null}
        {view.phase === 'collecting' ? (
          <>
            <p>{t('vaultCluster.shares.collecting', { required: view.required })}</p>
            <GiveOne
              view={view}
              custodians={custody?.custodians ?? []}
              pending={share.pending || file.pending || kept.pending}
              onGive={(given) =>
                act<{ repeated: boolean }>(() => {
                  const { kind, ...rest } = given;
                  void kind;
                  return given.kind === 'typed'
                    ? share.run({ ...input, ...(rest as Omit<typeof given, 'kind'>) })
                    : file.run({ ...input, ...(rest as Omit<typeof given, 'kind'>) });
                })
              }
              onKept={() => void act(() => kept.run(input))}
            />
            <div className={styles.buttons}>{cancelButton}</div>
          </>
        ) : null}
        {view.phase === 'sealed' || view.phase === 'unsure' ? (
          <>
            <EvidenceLine mark={view.phase === 'sealed' ? 'ok' : 'warn'} at={view.sealedAt}>
              {t(`vaultCluster.shares.${view.phase}`)}
            </EvidenceLine>
            <p className={styles.narrow}>
              {t(view.phase === 'sealed' ? 'vaultCluster.shares.verifyWhy' : 'vaultCluster.shares.unsureWhy')}
            </p>
            <div className={styles.buttons}>
              <ChangeButton
                variant="filled"
                loading={verify.pending}
                onClick={() => void act(() => verify.run(input)).then((answer) => setFresh(answer?.phase === 'none'))}
              >
                {t(view.phase === 'sealed' ? 'vaultCluster.shares.verify' : 'vaultCluster.shares.findOut')}
              </ChangeButton>
              {view.phase === 'sealed' ? cancelButton : null}
            </div>
          </>
        ) : null}
        {view.phase === 'foreign' || view.phase === 'answerLost' ? (
          <>
            <EvidenceLine mark="warn" at={view.at}>
              {view.phase === 'foreign' ? t('vaultCluster.shares.foreign', { nonce: view.nonce ?? '–' }) : t('vaultCluster.shares.lost')}
            </EvidenceLine>
            <p>{t(view.phase === 'foreign' ? 'vaultCluster.shares.foreignWhy' : 'vaultCluster.shares.lostWhy')}</p>
            <div className={styles.buttons}>{cancelButton}</div>
          </>
        ) : null}
      </section>
    </>
  );
}

function NextFacts({ view }: { view: RekeyView }) {
  const { t } = useWords();
  const { next, nonce, startedAt } = view;
  if (!next) return null;
  return (
    <FactList>
      <Fact label={t('vaultCluster.shares.number')}>{next.shares}</Fact>
      <Fact label={t('vaultCluster.shares.threshold')}>{next.threshold}</Fact>
      {next.custodians.length === 0 ? null : <Fact label={t('vault.custody.head')}>{next.custodians.join(', ')}</Fact>}
      {nonce === undefined ? null : (
        <Fact label="Nonce">
          <CopyValue value={nonce} longest={13} /> {startedAt === undefined ? null : <Age at={startedAt} />}
        </Fact>
      )}
    </FactList>
  );
}

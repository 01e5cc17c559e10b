import { Button, CopyButton, NumberInput, Select, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconPrinter } from '@tabler/icons-react';
import { useState } from 'react';
import { type ObjectCheck, objectCheck } from '../../../shared/objects.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { DrawerContent, useDrawer } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatClock, formatNumber } from '../../components/format.ts';
import { printInLight } from '../../components/proof/printing.ts';
import { useJob, useJobs } from '../../jobs/useJob.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { RunningLine } from '../../wizard/RunningLine.tsx';
import { WizardFrame } from '../../wizard/WizardFrame.tsx';
import frame from '../../wizard/wizard.module.css';
import { wizardIn } from '../../wizard/wizards.ts';
import { CheckResult } from './CheckResult.tsx';
import styles from './check.module.css';
import { judgeCheck, stateOrder } from './checkVerdict.ts';
import { ObjectCard } from './ObjectCard.tsx';
import { objectCommands } from './objectCommands.ts';

const most = 10_000;
const usual = 1000;

/** Are the objects encrypted, and do they open? Changes nothing, so it runs on a read-only stack as well. */
export function CheckWizard({ stack }: { stack: Stack }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const drawer = useDrawer();
  const [begins] = useState(() => wizardIn(window.location.hash).given);
  const buckets = useCall('minio.buckets', { stackId: stack.id });
  const [chosen, setChosen] = useState(begins[0]);
  const [prefix, setPrefix] = useState(begins[1] ?? '');
  const [limit, setLimit] = useState<number | string>(usual);
  const [followed, setFollowed] = useState<string | undefined>(undefined);
  const [selected, setSelected] = useState<string | undefined>(undefined);
  const start = useAction('objects.check');
  const found = useJobs().find(
    ({ stackId, state, title }) => stackId === stack.id && state === 'running' && title.code === 'objectsCheckJob',
  );
  const job = useJob(followed ?? found?.id);
  const list = buckets.data?.buckets ?? [];
  const bucket = chosen ?? list[0]?.name;
  const count = typeof limit === 'number' ? limit : Number.NaN;
  const right = bucket !== undefined && Number.isInteger(count) && count >= 1 && count <= most;
  const running = job?.state === 'running' || start.pending;
  const parsed = job?.state === 'succeeded' ? objectCheck.safeParse(job.result) : undefined;
  const result = parsed?.success ? parsed.data : undefined;
  const verdict = result ? judgeCheck(result) : undefined;
  const number = (value: number): string => formatNumber(value, language);
  const said = verdict?.says.map(({ code, count: n }) =>
    t(`wizard.check.says.${code}`, { count: n, number: number(n), all: number(result?.checked ?? 0) }),
  );
  const answer = said?.join(language === 'en' ? ' ' : '');

  async function run(): Promise<void> {
    if (!right) return;
    setSelected(undefined);
    const started = await start.run({ stackId: stack.id, bucket, prefix, limit: count });
    if (started) setFollowed(started.jobId);
  }

  const icon = { size: 16, stroke: 1.5, 'aria-hidden': true } as const;
  return (
    <WizardFrame
      question={t('wizard.check.question')}
      answer={
        verdict
          ? { mark: verdict.mark, text: answer }
          : buckets.data && list.length === 0
            ? { mark: 'absent', text: t('wizard.check.noBucket') }
            : { mark: 'info', text: t('wizard.check.changesNothing') }
      }
      actions={
        result && result.checked > 0 ? (
          <>
            <CopyButton value={report(result, answer ?? '')} timeout={1500}>
              {({ copied, copy }) => (
                <Button leftSection={copied ? <IconCheck {...icon} /> : <IconCopy {...icon} />} onClick={copy}>
                  {copied ? t('components.copied') : t('wizard.check.copy')}
                </Button>
              )}
            </CopyButton>
            <Button leftSection={<IconPrinter {...icon} />} onClick={printInLight}>
              {t('wizard.check.print')}
            </Button>
          </>
        ) : undefined
      }
      phase={result ? `result ${job?.id}` : 'form'}
      foot={
        running ? (
          <RunningLine job={job} />
        ) : (
          <EngineButton variant="filled" disabled={!right} onClick={() => void run()}>
            {result ? t('wizard.check.again') : t('wizard.check.action', { number: right ? number(count) : '' })}
          </EngineButton>
        )
      }
    >
      <fieldset className={styles.fields} disabled={running}>
        <Select
          label={t('wizard.check.bucket')}
          data={list.map(({ name }) => name)}
          value={bucket ?? null}
          onChange={(next) => setChosen(next ?? undefined)}
          allowDeselect={false}
          searchable
        />
        <TextInput
          label={t('wizard.check.prefix')}
          placeholder={t('wizard.check.everything')}
          value={prefix}
          onChange={(event) => setPrefix(event.currentTarget.value)}
          classNames={{ input: 'sd-mono' }}
          autoComplete="off"
          spellCheck={false}
        />
        <NumberInput
          label={t('wizard.check.limit')}
          value={limit}
          min={1}
          max={most}
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="none"
          thousandSeparator={language === 'en' ? ',' : ''}
          error={Number.isInteger(count) && count >= 1 && count <= most ? undefined : t('wizard.check.limitWrong', { most: number(most) })}
          onChange={setLimit}
        />
      </fieldset>
      {running ? null : job?.state === 'failed' && job.error ? (
        <ErrorNotice error={job.error} />
      ) : start.error ? (
        <ErrorNotice error={start.error} />
      ) : buckets.error ? (
        <ErrorNotice error={buckets.error} />
      ) : null}
      {running && job?.total !== undefined ? (
        <p className={frame.next}>{t('wizard.check.progress', { done: number(job.done), total: number(job.total) })}</p>
      ) : null}
      {result && (result.checked > 0 || result.blocked) ? (
        <CheckResult
          result={result}
          selected={selected}
          onSelect={(key) => {
            setSelected(key);
            drawer.setOpen(true);
          }}
        />
      ) : running || result ? null : (
        <p className={frame.next}>{t('wizard.check.how')}</p>
      )}
      <DrawerContent
        commands={
          selected !== undefined && result
            ? undefined
            : bucket === undefined
              ? []
              : objectCommands(stack, {
                  bucket,
                  prefix,
                  versions: false,
                  object: selected === undefined ? undefined : { key: selected },
                  objects: [],
                })
        }
        autoOpen={selected !== undefined && result ? 'always' : true}
        {...(selected !== undefined && result ? { onLeave: () => setSelected(undefined) } : {})}
      >
        {selected !== undefined && result ? (
          <ObjectCard
            key={selected}
            stackId={stack.id}
            bucket={result.bucket}
            objectKey={selected}
            listed={result.notable.find(({ key }) => key === selected)}
            quiet
            entered={1}
            onClose={() => setSelected(undefined)}
          />
        ) : null}
      </DrawerContent>
    </WizardFrame>
  );

  /** The result as lines of text, to be pasted into a ticket. */
  function report(check: ObjectCheck, answered: string): string {
    return [
      `${stack.name} ${check.bucket}/${check.prefix} ${check.at} (${formatClock(check.at, language)})`,
      answered,
      ...stateOrder.flatMap((state) => {
        const amount = check.counts[state] ?? 0;
        return amount === 0 ? [] : [`${t(`components.state.${state}`)}: ${number(amount)}`];
      }),
      ...check.keys.map(
        ({ key, objects, opens }) =>
          `${key === '' ? t('wizard.check.ofSseS3') : key}: ${number(objects)}, ${t(`wizard.check.opens.${opens}`)}`,
      ),
      ...check.notable.map((row) => {
        const why = row.encryption.reason === undefined ? '' : ` ${sentence(row.encryption.reason)}`;
        return `${row.key}: ${t(`components.state.${row.encryption.state}`)}${why}`;
      }),
    ].join('\n');
  }
}

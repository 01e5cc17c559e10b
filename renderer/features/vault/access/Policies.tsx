import { Checkbox, Select, TextInput, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import { lineDiff } from '../../../../shared/lineDiff.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { type PartProps, useSays } from '../parts.ts';
import styles from './access.module.css';
import { Findings } from './Findings.tsx';
import { Simulator } from './Simulator.tsx';

/** The policy of a KES, generated, explained and compared with the server's; and what any policy allows. */
export function Policies(props: PartProps) {
  const engines = useCall('vault.engines', { stackId: props.stack.id });
  const document = useCall('stacks.get', { id: props.stack.id }).data;
  const store = document?.keyStores[0];
  if (engines.error) return <ErrorNotice error={engines.error} />;
  if (!engines.data || !store) return null;
  return <Known {...props} engines={engines.data} policy={store.appRole.policy} role={store.appRole} />;
}

interface KnownProps extends PartProps {
  engines: Output<'vault.engines'>;
  policy: string;
  role: { mount: string; role: string };
}

function Known({ stack, says, did, engines, policy, role }: KnownProps) {
  const { t } = useWords();
  const { place } = engines;
  const kv = engines.engines.filter(({ version }) => version !== undefined);
  const transits = useCall('vault.transit', { stackId: stack.id }).data;
  const keys = (transits?.mounts ?? []).flatMap(({ mount, keys: found }) =>
    found.map(({ name }) => ({ mount, key: name, id: `${mount}/${name}` })),
  );
  const [name, setName] = useState(policy);
  const [mount, setMount] = useState(place.mount);
  const [prefix, setPrefix] = useState(place.prefix);
  const [allowDelete, setAllowDelete] = useState(true);
  const [transit, setTransit] = useState<string | null>(null);
  const inUse = transits?.inUse;
  const chosen = keys.find(({ id }) => id === (transit ?? (inUse ? `${inUse.mount}/${inUse.key}` : '')));
  const version = kv.find((engine) => engine.mount === mount)?.version ?? place.version;
  const fits = /^[A-Za-z0-9_][\w.-]{0,62}$/.test(name) && /^(?:[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)*)?$/.test(prefix);
  const input = {
    stackId: stack.id,
    name,
    mount,
    version,
    prefix,
    allowDelete,
    ...(chosen && transit !== '' ? { transit: { mount: chosen.mount, key: chosen.key } } : {}),
  };
  const draft = useCall('vault.draftPolicy', input, { enabled: fits, keepPrevious: true });
  const write = useAction('vault.writePolicy');
  const data = draft.data;
  useSays(says, {
    commands: data?.commands,
    ...(data
      ? {
          answer: data.same
            ? { mark: 'ok', text: t('vaultAccess.policies.same', { name: data.name }) }
            : {
                mark: 'warn',
                text: t(data.before === undefined ? 'vaultAccess.policies.absent' : 'vaultAccess.policies.differs', { name: data.name }),
              },
        }
      : {}),
  });

  async function submit(): Promise<void> {
    if (!data) return;
    const done = await write.run({
      stackId: stack.id,
      name: data.name,
      policy: data.policy,
      ...(data.before === undefined ? {} : { before: data.before }),
    });
    if (done) did(done.evidence);
  }

  return (
    <>
      <section aria-labelledby="policy-of-kes">
        <h2 id="policy-of-kes">{t('vaultAccess.policies.generate')}</h2>
        <p className={styles.sentence}>{t('vaultAccess.policies.generateWhy')}</p>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <TextInput
            label={t('vaultAccess.policies.name')}
            value={name}
            maxLength={63}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: 'sd-mono' }}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t('vaultAccess.policies.mount')}
            description={t('vaultAccess.policies.mountWhy', { version })}
            data={[...new Set([place.mount, ...kv.map((engine) => engine.mount)])]}
            value={mount}
            allowDeselect={false}
            onChange={(next) => setMount(next ?? place.mount)}
          />
          <TextInput
            label={t('vaultAccess.policies.prefix')}
            description={t('vaultAccess.policies.prefixWhy')}
            value={prefix}
            maxLength={120}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: 'sd-mono' }}
            onChange={(event) => setPrefix(event.currentTarget.value)}
          />
          {keys.length === 0 ? null : (
            <Select
              label={t('vaultAccess.policies.transit')}
              description={t('vaultAccess.policies.transitWhy')}
              data={[{ value: '', label: t('vaultAccess.policies.noTransit') }, ...keys.map(({ id }) => ({ value: id, label: id }))]}
              value={transit ?? chosen?.id ?? ''}
              allowDeselect={false}
              onChange={setTransit}
            />
          )}
          <Checkbox
            className={styles.wide ?? ''}
            label={t('vaultAccess.policies.delete')}
            description={t('vaultAccess.policies.deleteWhy')}
            checked={allowDelete}
            onChange={(event) => setAllowDelete(event.currentTarget.checked)}
          />
        </form>
        {draft.error ? <ErrorNotice error={draft.error} /> : null}
        {data ? <Lines draft={data} /> : null}
        {data ? <Findings findings={data.findings} /> : null}
        {write.error ? <ErrorNotice error={write.error} /> : null}
        <div className={styles.buttons}>
          <ChangeButton
            variant={data?.same ? 'default' : 'filled'}
            disabled={!fits || !data || data.same}
            loading={write.pending}
            onClick={() => void submit()}
          >
            {t('vaultAccess.policies.write', { name })}
          </ChangeButton>
        </div>
      </section>
      <Simulator stackId={stack.id} draft={data?.policy} place={{ mount, version, prefix }} role={role} />
    </>
  );
}

/** Each line with its reason, marked where the server has another. */
function Lines({ draft }: { draft: Output<'vault.draftPolicy'> }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  let next = 0;
  const rows = lineDiff(draft.before ?? '', draft.policy).map((row, at) => {
    const why = row.kind === 'removed' ? undefined : draft.lines[next++]?.why;
    return { ...row, why, at };
  });
  const sign = { added: '+', removed: '−' } as const;
  return (
    <section className={styles.lines} aria-label={t('vaultAccess.policies.text')}>
      {rows.map(({ kind, text, why, at }) => (
        <div key={`${at} ${kind}`} data-kind={draft.before === undefined ? undefined : kind}>
          <span data-sign>
            {draft.before === undefined || kind === 'same' ? null : (
              <>
                <span aria-hidden>{sign[kind]}</span>
                <VisuallyHidden>{t(`vaultAccess.policies.${kind}`)}</VisuallyHidden>
              </>
            )}
          </span>
          <code className="sd-mono" lang="en">
            {text}
          </code>
          <span>{why ? sentence(why) : null}</span>
        </div>
      ))}
    </section>
  );
}

import { Checkbox, SegmentedControl, Select } from '@mantine/core';
import { useRef, useState } from 'react';
import type { VaultNodeStatus } from '../../../shared/vault.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { FilePick, type PickedFile } from '../../components/FilePick.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { SecretField, type SecretFieldHandle } from '../../components/SecretField.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './vault.module.css';

interface Told {
  readonly kind: 'taken' | 'repeated' | 'opened';
  readonly node: string;
  readonly given: number;
  readonly threshold: number;
}

type How = 'typed' | 'asFile';

/**
 * One share for the sealed nodes that are ticked, typed or out of a custodian's passphrase file; then the next person.
 * Secret fields are emptied before the share is on its way.
 */
export function GiveShare({ stackId, nodes, filled }: { stackId: string; nodes: readonly VaultNodeStatus[]; filled: boolean }) {
  const { t } = useWords();
  const unseal = useAction('vault.unseal');
  const unsealFile = useAction('vault.unsealFile');
  const custody = useCall('vault.custody', { stackId }).data;
  const field = useRef<SecretFieldHandle>(null);
  const person = useRef<HTMLInputElement>(null);
  const [who, setWho] = useState('');
  const [how, setHow] = useState<How>('typed');
  const [file, setFile] = useState<PickedFile | undefined>(undefined);
  const [missing, setMissing] = useState<'share' | 'file' | 'passphrase' | undefined>(undefined);
  const [left, setLeft] = useState<readonly string[]>([]);
  const [told, setTold] = useState<readonly Told[]>([]);
  const sealed = nodes.filter(({ state }) => state === 'sealed');
  const chosen = sealed.filter(({ node }) => !left.includes(node));
  const threshold = sealed[0]?.threshold ?? 0;
  const holders = (custody?.custodians ?? []).filter((each) => each.file !== undefined);
  const kind = holders.find(({ id }) => id === who)?.kind;
  const pending = unseal.pending || unsealFile.pending;
  const error = unseal.error ?? unsealFile.error;
  const gave = (id: string): boolean =>
    chosen.length > 0 && chosen.every(({ given }) => (given ?? []).some(({ custodian }) => custodian === id));

  function clear(): void {
    unseal.reset();
    unsealFile.reset();
    setMissing(undefined);
    setTold([]);
  }

  function choose(id: string): void {
    clear();
    field.current?.take();
    setFile(undefined);
    setWho(id);
    const next = holders.find((each) => each.id === id)?.kind;
    if (next !== undefined) setHow(next === 'pgp' ? 'typed' : 'asFile');
  }

  async function give(): Promise<void> {
    const text = field.current?.take() ?? '';
    // A passphrase may begin or end with a blank.
    const secret = how === 'typed' ? text.trim() : text;
    clear();
    field.current?.focus();
    if (how === 'asFile' && file === undefined) return setMissing('file');
    if (secret === '') return setMissing(how === 'typed' ? 'share' : 'passphrase');
    const answers: Told[] = [];
    for (const { node } of chosen) {
      const by = { stackId, node, ...(who === '' ? {} : { custodian: who }) };
      const answer =
        how === 'typed'
          ? await unseal.run({ ...by, share: secret })
          : await unsealFile.run({ ...by, content: file?.content ?? '', passphrase: secret });
      if (!answer) break;
      const open = answer.node.state === 'active' || answer.node.state === 'standby';
      answers.push({
        kind: open ? 'opened' : answer.repeated ? 'repeated' : 'taken',
        node,
        given: answer.node.progress ?? 0,
        threshold: answer.node.threshold ?? threshold,
      });
    }
    setTold(answers);
    if (answers.length < chosen.length || holders.length === 0) return field.current?.focus();
    // The next person finds nothing of the one before.
    setFile(undefined);
    setWho('');
    person.current?.focus();
  }

  return (
    <section className={styles.give} aria-labelledby="give-share">
      <h2 id="give-share">{t('vault.give.head')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending) void give();
        }}
      >
        {holders.length === 0 ? null : (
          <Select
            ref={person}
            label={t('vault.give.custodian')}
            description={t('vault.give.custodianWhy')}
            value={who}
            data={[
              { value: '', label: t('vault.give.someone') },
              ...holders.map(({ id, name }) => ({ value: id, label: name, disabled: gave(id) })),
            ]}
            allowDeselect={false}
            onChange={(value) => choose(value ?? '')}
          />
        )}
        {kind === undefined ? (
          <SegmentedControl
            aria-label={t('vault.give.how')}
            value={how}
            data={[
              { value: 'typed', label: t('vault.give.typed') },
              { value: 'asFile', label: t('vault.give.asFile') },
            ]}
            onChange={(value) => {
              clear();
              field.current?.take();
              setHow(value as How);
            }}
          />
        ) : null}
        {how === 'asFile' ? (
          <FilePick
            label={t('vault.give.file')}
            file={file}
            error={missing === 'file' ? t('vault.give.noFile') : undefined}
            onPick={(picked) => {
              clear();
              setFile(picked);
              field.current?.focus();
            }}
          />
        ) : null}
        <SecretField
          key={how}
          ref={field}
          label={t(how === 'typed' ? 'vault.give.share' : 'vault.give.passphrase')}
          description={t(how === 'asFile' ? 'vault.give.passphraseWhy' : kind === 'pgp' ? 'vault.give.pgpWhy' : 'vault.give.why')}
          error={missing === 'share' ? t('vault.give.empty') : missing === 'passphrase' ? t('vault.give.noPassphrase') : undefined}
          onFilled={(text) => {
            if (text) setMissing(undefined);
          }}
        />
        {nodes.length > 1 ? (
          <div className={styles.targets}>
            {nodes.map(({ node, state }) =>
              state === 'sealed' ? (
                <Checkbox
                  key={node}
                  label={node}
                  checked={!left.includes(node)}
                  onChange={(event) => setLeft(event.currentTarget.checked ? left.filter((name) => name !== node) : [...left, node])}
                />
              ) : (
                <span key={node} className={styles.quiet}>
                  {t('vault.give.isOpen', { node })}
                </span>
              ),
            )}
          </div>
        ) : null}
        <ChangeButton type="submit" fullWidth variant={filled ? 'filled' : 'default'} loading={pending} disabled={chosen.length === 0}>
          {nodes.length > 1 ? t('vault.give.toNodes', { count: chosen.length }) : t('vault.give.give')}
        </ChangeButton>
      </form>
      <div aria-live="polite">
        {told.map(({ kind: said, node, given, threshold: needed }) => (
          <p key={node} className="sd-note" data-mark={said === 'repeated' ? 'warn' : 'ok'}>
            <StateIcon mark={said === 'repeated' ? 'warn' : 'ok'} silent />
            {said === 'opened'
              ? t('vault.give.opened', { node })
              : t(`vault.give.${said}`, { count: needed - given, given, threshold: needed })}
          </p>
        ))}
      </div>
      {error ? <ErrorNotice error={error} /> : null}
      <p className={styles.hint}>{t('vault.give.hint', { threshold })}</p>
    </section>
  );
}

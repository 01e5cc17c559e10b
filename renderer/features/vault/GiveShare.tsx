import { Button, Checkbox } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { VaultNodeStatus } from '../../../shared/vault.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { SecretField, type SecretFieldHandle } from '../../components/SecretField.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './vault.module.css';

interface Told {
  readonly kind: 'taken' | 'repeated' | 'opened';
  readonly node: string;
  readonly given: number;
  readonly threshold: number;
}

/** One share for the sealed nodes that are ticked. The field is emptied before the share is on its way. */
export function GiveShare({ stackId, nodes, filled }: { stackId: string; nodes: readonly VaultNodeStatus[]; filled: boolean }) {
  const { t } = useWords();
  const unseal = useAction('vault.unseal');
  const field = useRef<SecretFieldHandle>(null);
  const [hasText, setHasText] = useState(false);
  const [empty, setEmpty] = useState(false);
  const [left, setLeft] = useState<readonly string[]>([]);
  const [told, setTold] = useState<readonly Told[]>([]);
  const sealed = nodes.filter(({ state }) => state === 'sealed');
  const chosen = sealed.filter(({ node }) => !left.includes(node));
  const threshold = sealed[0]?.threshold ?? 0;

  useEffect(() => {
    if (hasText) setEmpty(false);
  }, [hasText]);

  async function give(): Promise<void> {
    const share = (field.current?.take() ?? '').trim();
    field.current?.focus();
    if (share === '') {
      setEmpty(true);
      return;
    }
    setTold([]);
    const answers: Told[] = [];
    for (const { node } of chosen) {
      const answer = await unseal.run({ stackId, node, share });
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
    field.current?.focus();
  }

  return (
    <section className={styles.give} aria-labelledby="give-share">
      <h2 id="give-share">{t('vault.give.head')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!unseal.pending) void give();
        }}
      >
        <SecretField
          ref={field}
          label={t('vault.give.share')}
          description={t('vault.give.why')}
          error={empty ? t('vault.give.empty') : undefined}
          onFilled={setHasText}
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
        <Button type="submit" fullWidth variant={filled ? 'filled' : 'default'} loading={unseal.pending} disabled={chosen.length === 0}>
          {nodes.length > 1 ? t('vault.give.toNodes', { count: chosen.length }) : t('vault.give.give')}
        </Button>
      </form>
      <div aria-live="polite">
        {told.map(({ kind, node, given, threshold: needed }) => (
          <p key={node} className="sd-note" data-mark={kind === 'repeated' ? 'warn' : 'ok'}>
            <StateIcon mark={kind === 'repeated' ? 'warn' : 'ok'} silent />
            {kind === 'opened'
              ? t('vault.give.opened', { node })
              : t(`vault.give.${kind}`, { count: needed - given, given, threshold: needed })}
          </p>
        ))}
      </div>
      {unseal.error ? <ErrorNotice error={unseal.error} /> : null}
      <p className={styles.hint}>{t('vault.give.hint', { threshold })}</p>
    </section>
  );
}

import { ActionIcon, Autocomplete, Button, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { KesConfig, KesPolicy, KnownIdentity } from '../../../../shared/kesConfig.ts';
import { useWords } from '../../../locales/language.ts';
import { linesOf } from './answer.ts';
import styles from './config.module.css';

interface PolicyFormProps {
  policies: readonly KesPolicy[];
  known: readonly KnownIdentity[];
  onChange(policies: KesConfig['policies']): void;
}

/** Policies and who is in them, as a table. Identities that are known have their names. */
export function PolicyForm({ policies, known, onChange }: PolicyFormProps) {
  const { t } = useWords();
  const put = (at: number, change: Partial<KesPolicy>): void =>
    onChange(policies.map((policy, place) => (place === at ? { ...policy, ...change } : policy)));
  const free = (): string => {
    for (let count = 1; ; count += 1) if (!policies.some(({ name }) => name === `policy-${count}`)) return `policy-${count}`;
  };
  return (
    <div>
      <table className={styles.policies}>
        <colgroup>
          <col />
          <col />
          <col />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{t('kesConfig.policy.name')}</th>
            <th scope="col">{t('kesConfig.policy.allow')}</th>
            <th scope="col">{t('kesConfig.policy.deny')}</th>
          </tr>
        </thead>
        <tbody>
          {policies.map((policy, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a policy may be renamed while it is typed
            <tr key={at}>
              <td>
                <div className={styles.policyName}>
                  <TextInput
                    aria-label={t('kesConfig.policy.nameOf', { name: policy.name })}
                    value={policy.name}
                    spellCheck={false}
                    onChange={(event) => put(at, { name: event.currentTarget.value })}
                  />
                  <ActionIcon
                    aria-label={t('kesConfig.policy.remove', { name: policy.name })}
                    onClick={() => onChange(policies.filter((_, place) => place !== at))}
                  >
                    <IconTrash size={16} stroke={1.5} />
                  </ActionIcon>
                </div>
                <Identities
                  name={policy.name}
                  identities={policy.identities}
                  known={known}
                  onChange={(identities) => put(at, { identities })}
                />
              </td>
              <td data-label={t('kesConfig.policy.allow')}>
                <Rules
                  label={t('kesConfig.policy.allowOf', { name: policy.name })}
                  rules={policy.allow}
                  onChange={(allow) => put(at, { allow })}
                />
              </td>
              <td data-label={t('kesConfig.policy.deny')}>
                <Rules
                  label={t('kesConfig.policy.denyOf', { name: policy.name })}
                  rules={policy.deny}
                  onChange={(deny) => put(at, { deny })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Button
        size="xs"
        leftSection={<IconPlus size={14} stroke={1.5} />}
        onClick={() => onChange([...policies, { name: free(), allow: ['/v1/status'], deny: [], identities: [] }])}
      >
        {t('kesConfig.policy.add')}
      </Button>
    </div>
  );
}

/** One rule a line. Typed lines are kept as they are until the field is left. */
function Rules({ label, rules, onChange }: { label: string; rules: readonly string[]; onChange(rules: string[]): void }) {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  return (
    <Textarea
      aria-label={label}
      classNames={{ input: `sd-mono ${styles.rules}` }}
      value={typed ?? rules.join('\n')}
      rows={Math.max(2, Math.min(16, (typed ?? rules.join('\n')).split('\n').length))}
      spellCheck={false}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(linesOf(event.currentTarget.value));
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}

interface IdentitiesProps {
  name: string;
  identities: readonly string[];
  known: readonly KnownIdentity[];
  onChange(identities: string[]): void;
}

function Identities({ name, identities, known, onChange }: IdentitiesProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState('');
  const nameOf = (hash: string): string => known.find((one) => one.hash === hash)?.name ?? '';
  const others = known.filter(({ hash }) => !identities.includes(hash));
  const add = (value: string): void => {
    const hash = others.find((one) => value === `${one.name} ${one.hash}`)?.hash ?? value.trim();
    if (hash === '' || identities.includes(hash)) return;
    onChange([...identities, hash]);
    setTyped('');
  };
  return (
    <>
      <ul className={styles.identities} aria-label={t('kesConfig.policy.identitiesOf', { name })}>
        {identities.map((hash) => (
          <li key={hash}>
            <span className={styles.identity} title={hash}>
              {nameOf(hash) === '' ? null : <strong>{nameOf(hash)} </strong>}
              <span className="sd-mono">{hash.length > 20 ? `${hash.slice(0, 8)}…${hash.slice(-4)}` : hash}</span>
            </span>
            <ActionIcon
              size={20}
              aria-label={t('kesConfig.policy.removeIdentity', { identity: nameOf(hash) || hash.slice(0, 8), name })}
              onClick={() => onChange(identities.filter((one) => one !== hash))}
            >
              <IconX size={14} stroke={1.5} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Autocomplete
        aria-label={t('kesConfig.policy.addIdentityTo', { name })}
        placeholder={t('kesConfig.policy.addIdentity')}
        data={others.map((one) => `${one.name} ${one.hash}`)}
        value={typed}
        spellCheck={false}
        onChange={setTyped}
        onOptionSubmit={add}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add(typed);
        }}
        onBlur={() => /^[0-9a-fA-F]{64}$/.test(typed.trim()) && add(typed)}
      />
    </>
  );
}

import { Button, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { type KesConfig, secretNameOf } from '../../../../shared/kesConfig.ts';
import { type KeyStoreField, type KeyStoreKind, keyStoreKind, keyStoreShapes } from '../../../../shared/keyStores.ts';
import { keyStoreNames } from '../../../../shared/servers.ts';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { useWords } from '../../../locales/language.ts';
import styles from './config.module.css';

type Store = NonNullable<KesConfig['keyStore']>;

interface StoreFormProps {
  store: KesConfig['keyStore'];
  /** Variables that have a value. */
  held: readonly string[];
  onChange(store: Store): void;
  onSecret(name: string, value: string): Promise<void>;
}

/** The lines of the chosen key store; secrets are given once and stand as variables from then on. */
export function StoreForm({ store, held, onChange, onSecret }: StoreFormProps) {
  const { t } = useWords();
  const kinds = keyStoreKind.options.filter((kind) => !keyStoreShapes[kind].gone || kind === store?.kind);
  const put = (path: string, value: string): void => {
    if (!store) return;
    const { [path]: _, ...others } = store.values;
    onChange({ ...store, values: value === '' ? others : { ...others, [path]: value } });
  };
  return (
    <div className={styles.fields}>
      <Select
        label={t('kesConfig.store.kind')}
        data={kinds.map((kind) => ({ value: kind, label: keyStoreNames[kind] }))}
        value={store?.kind ?? null}
        allowDeselect={false}
        onChange={(kind) => kind && onChange({ kind: kind as KeyStoreKind, values: {} })}
      />
      {store?.kind === 'vault' ? <VaultChoices store={store} onChange={onChange} /> : null}
      {store
        ? keyStoreShapes[store.kind].fields
            .filter((field) => !field.legacy && isShown(store, field.path))
            .map((field) =>
              field.secret ? (
                <SecretLine
                  key={`${store.kind} ${field.path}`}
                  kind={store.kind}
                  field={field}
                  value={store.values[field.path]}
                  held={held}
                  onGiven={async (name, value) => {
                    await onSecret(name, value);
                    put(field.path, `\${${name}}`);
                  }}
                />
              ) : field.type === 'version' ? (
                <div key={field.path}>
                  <span className={`${styles.label} sd-mono`}>{field.path}</span>
                  <SegmentedControl
                    aria-label={field.path}
                    value={store.values[field.path] ?? field.otherwise ?? 'v1'}
                    onChange={(value) => put(field.path, value)}
                    data={['v1', 'v2']}
                  />
                </div>
              ) : (
                <TextInput
                  key={`${store.kind} ${field.path}`}
                  label={field.path}
                  classNames={{ label: 'sd-mono', input: 'sd-mono' }}
                  withAsterisk={field.required === true}
                  placeholder={field.otherwise ?? ''}
                  value={store.values[field.path] ?? ''}
                  spellCheck={false}
                  onChange={(event) => put(field.path, event.currentTarget.value)}
                />
              ),
            )
        : null}
    </div>
  );
}

/** Of Vault, the lines of the login that is chosen, and of transit where it is used. */
function isShown({ kind, values }: Store, path: string): boolean {
  if (kind !== 'vault') return true;
  const has = (group: string): boolean => Object.keys(values).some((one) => one.startsWith(group));
  if (path.startsWith('transit.')) return has('transit.');
  if (path.startsWith('kubernetes.')) return has('kubernetes.');
  return !path.startsWith('approle.') || !has('kubernetes.');
}

function VaultChoices({ store, onChange }: { store: Store; onChange(store: Store): void }) {
  const { t } = useWords();
  const login = isShown(store, 'kubernetes.role') ? 'kubernetes' : 'approle';
  const without = (group: string): Record<string, string> =>
    Object.fromEntries(Object.entries(store.values).filter(([path]) => !path.startsWith(group)));
  return (
    <>
      <div>
        <span className={styles.label}>{t('kesConfig.store.login')}</span>
        <SegmentedControl
          aria-label={t('kesConfig.store.login')}
          value={login}
          data={[
            { value: 'approle', label: 'AppRole' },
            { value: 'kubernetes', label: 'Kubernetes' },
          ]}
          onChange={(next) =>
            onChange({
              ...store,
              values: next === 'kubernetes' ? { ...without('approle.'), 'kubernetes.engine': 'kubernetes' } : without('kubernetes.'),
            })
          }
        />
      </div>
      <Switch
        label={t('kesConfig.store.transit')}
        description={t('kesConfig.store.transitWhy')}
        checked={isShown(store, 'transit.key')}
        onChange={(event) =>
          onChange({
            ...store,
            values: event.currentTarget.checked ? { ...store.values, 'transit.engine': 'transit' } : without('transit.'),
          })
        }
      />
    </>
  );
}

interface SecretLineProps {
  kind: KeyStoreKind;
  field: KeyStoreField;
  value: string | undefined;
  held: readonly string[];
  onGiven(name: string, value: string): Promise<void>;
}

function SecretLine({ kind, field, value, held, onGiven }: SecretLineProps) {
  const { t } = useWords();
  const name = /^\$\{(.+)\}$/.exec(value ?? '')?.[1] ?? secretNameOf(kind, field.path);
  const ref = useRef<SecretFieldHandle>(null);
  const [filled, setFilled] = useState(false);
  const give = (): void => {
    if (filled) void onGiven(name, ref.current?.take() ?? '');
  };
  const state = value === undefined ? 'absent' : held.includes(name) ? 'held' : 'missing';
  return (
    <div className={styles.secret}>
      <SecretField
        ref={ref}
        label={field.path}
        description={t(`kesConfig.store.${state}`, { name: `\${${name}}` })}
        onFilled={setFilled}
        onEnter={give}
      />
      <Button size="sm" disabled={!filled} onClick={give}>
        {t('kesConfig.store.give')}
      </Button>
    </div>
  );
}

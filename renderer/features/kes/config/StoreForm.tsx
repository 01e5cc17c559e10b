import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import type { KesConfig } from '../../../../shared/kesConfig.ts';
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
      {store
        ? keyStoreShapes[store.kind].fields
            .filter(({ legacy }) => !legacy)
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
                  <span className={styles.label}>{field.path}</span>
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

/** The variable that the engine gives a secret of a key store (electron/services/kes/config/readStore.ts). */
function variableOf(kind: KeyStoreKind, path: string): string {
  const parts = path.split('.');
  return `KES_${(kind === 'vault' ? parts : [kind, parts.at(-1) ?? '']).join('_').toUpperCase()}`;
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
  const name = /^\$\{(.+)\}$/.exec(value ?? '')?.[1] ?? variableOf(kind, field.path);
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

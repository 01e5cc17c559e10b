import { type Ref, useImperativeHandle, useRef, useState } from 'react';
import {
  fieldsOf,
  type KeyStoreChoice,
  type KeyStoreField,
  type OtherKeyStoreKind,
  otherKeyStoreKind,
  secretsOf,
  takesProxy,
} from '../../../../shared/keyStores.ts';
import { keyStoreNames } from '../../../../shared/servers.ts';
import { PickFile } from '../../../components/connect/PickFile.tsx';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { type ScreenWord, useWords } from '../../../locales/language.ts';
import { ChoiceField, Pair, SelectField, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';
import styles from './keyStore.module.css';

type Part = Pick<FormProps<'place'>, 'values' | 'change' | 'wrong'>;
type Other = Exclude<KeyStoreChoice, { kind: 'vault' }>;

export interface KeyStoreHandle {
  /** Whether every secret that is needed is typed or kept; what is missing is said at its field. */
  complete(): boolean;
  /** The typed secrets by the path of their field, once: the fields are empty afterwards. */
  take(): { kind: OtherKeyStoreKind; secrets: Record<string, string> } | undefined;
}

/** Where KES keeps its keys: one of the Vault family, set up here, or a service of others with its lines and log-in. */
export function KeyStoreFields({ values, change, wrong, kept, ref }: Part & { kept: readonly string[]; ref: Ref<KeyStoreHandle> }) {
  const { t } = useWords();
  const { keyStore } = values;
  const chosen = keyStore.kind === 'vault' ? values.product : 'other';

  function choose(next: 'openbao' | 'vault' | 'other'): void {
    const { vault } = values.servers;
    if (next === 'other') change({ keyStore: otherOf('aws'), servers: { ...values.servers, vault: { way: 'none' } } });
    else
      change({
        keyStore: { kind: 'vault' },
        servers: { ...values.servers, vault: keyStore.kind === 'vault' ? vault : { way: 'here' } },
        product: next,
        storage: 'raft',
      });
  }

  return (
    <>
      <ChoiceField
        label={t('setup.place.product')}
        value={chosen}
        rows={[
          { value: 'openbao', label: 'OpenBao', why: t('setup.place.openbaoWhy') },
          { value: 'vault', label: 'HashiCorp Vault', why: t('setup.place.vaultWhy') },
          { value: 'other', label: t('keyStores.other'), why: t('keyStores.otherWhy') },
        ]}
        onChange={choose}
      />
      {keyStore.kind === 'vault' ? null : (
        <OtherFields
          key={keyStore.kind}
          choice={keyStore}
          kept={kept}
          wrong={wrong}
          onChange={(next) => change({ keyStore: next })}
          ref={ref}
        />
      )}
    </>
  );
}

interface OtherFieldsProps {
  choice: Other;
  kept: readonly string[];
  wrong: Part['wrong'];
  onChange(choice: Other): void;
  ref: Ref<KeyStoreHandle>;
}

function OtherFields({ choice, kept, wrong, onChange, ref }: OtherFieldsProps) {
  const { t } = useWords();
  const { kind, values, ca } = choice;
  const secrets = useRef(new Map<string, SecretFieldHandle>());
  const [filled, setFilled] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState(false);
  const [file, setFile] = useState<string | undefined>(undefined);
  const { needed } = secretsOf(choice);
  const missing = needed.filter((path) => !filled.has(path) && !kept.includes(path));
  // What was not typed yet is not wrong yet.
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());

  useImperativeHandle(ref, () => ({
    complete() {
      setAsked(true);
      const [first] = missing;
      if (first !== undefined) secrets.current.get(first)?.focus();
      return first === undefined;
    },
    take() {
      const typed = [...secrets.current].map(([path, field]) => [path, field.take()] as const).filter(([, value]) => value !== '');
      return typed.length === 0 ? undefined : { kind, secrets: Object.fromEntries(typed) };
    },
  }));

  function set(path: string, value: string): void {
    setTouched((before) => new Set(before).add(path));
    onChange({ ...choice, values: { ...values, ...endpointOf(choice, path, value), [path]: value } });
  }

  async function pick(picked: File | undefined): Promise<void> {
    setFile(picked?.name);
    onChange({ ...choice, ca: picked ? await picked.text() : '' });
  }

  function field({ path, secret }: KeyStoreField) {
    return secret ? (
      <SecretField
        key={path}
        label={t(labelOf(kind, path))}
        description={kept.includes(path) ? t('keyStores.kept') : (whyOf(t, kind, path) ?? t('keyStores.secretWhy'))}
        error={asked && missing.includes(path) ? t('keyStores.needed') : undefined}
        autoComplete="new-password"
        onFilled={(now) =>
          setFilled((before) => {
            const next = new Set(before);
            if (now) next.add(path);
            else next.delete(path);
            return next;
          })
        }
        ref={(field) => {
          if (field) secrets.current.set(path, field);
          else secrets.current.delete(path);
        }}
      />
    ) : (
      <TextField
        key={path}
        label={t(labelOf(kind, path))}
        why={kind === 'fs' ? t('keyStores.folder') : whyOf(t, kind, path)}
        error={touched.has(path) || asked ? wrong(`keyStore.values.${path}`, t('keyStores.wrong')) : undefined}
        value={values[path] ?? ''}
        onChange={(value) => set(path, value)}
        mono
      />
    );
  }

  // An address is long: it has the whole line.
  const fields = fieldsOf(kind);
  const given = file ?? (ca === undefined || ca === '' ? undefined : t('keyStores.caGiven'));
  return (
    <div className={styles.other}>
      <SelectField
        label={t('keyStores.which')}
        why={t(`keyStores.kind.${kind}`)}
        value={kind}
        rows={otherKeyStoreKind.options.map((value) => ({ value, label: keyStoreNames[value] }))}
        onChange={(next) => onChange(otherOf(next))}
      />
      {fields.slice(0, 1).map(field)}
      <Pair>
        {fields.slice(1).map(field)}
        {takesProxy(kind) ? (
          <TextField
            label={t('keyStores.proxy')}
            why={t('keyStores.proxyWhy')}
            error={wrong('keyStore.proxy', t('keyStores.proxyWrong'))}
            value={choice.proxy ?? ''}
            onChange={(proxy) => onChange({ ...choice, proxy })}
            mono
          />
        ) : null}
        {kind !== 'fs' ? (
          <PickFile
            label={t('keyStores.ca')}
            why={t(takesProxy(kind) ? 'keyStores.caWhyProxy' : 'keyStores.caWhy')}
            accept=".pem,.crt,.cer"
            name={given}
            error={wrong('keyStore.ca', t('keyStores.caWrong'))}
            onPick={(picked) => void pick(picked)}
          />
        ) : null}
      </Pair>
    </div>
  );
}

/** The region tells AWS's own endpoint, as long as nobody wrote another one. */
function endpointOf({ kind, values }: Other, path: string, region: string): Record<string, string> {
  if (kind !== 'aws' || path !== 'region') return {};
  const own = (name: string): string => `secretsmanager.${name}.amazonaws.com${name.startsWith('cn-') ? '.cn' : ''}`;
  const { endpoint = '' } = values;
  return endpoint === '' || endpoint === own(values.region ?? '') ? { endpoint: region === '' ? '' : own(region) } : {};
}

function otherOf(kind: OtherKeyStoreKind): Other {
  return { kind, values: {} };
}

function labelOf(kind: OtherKeyStoreKind, path: string): ScreenWord {
  return `keyStores.field.${kind}.${path.replaceAll('.', '_')}` as ScreenWord;
}

/** A word of its own where there is one: an unknown key comes back as it is. */
function whyOf(t: (key: ScreenWord) => string, kind: OtherKeyStoreKind, path: string): string | undefined {
  const key = `keyStores.why.${kind}.${path.replaceAll('.', '_')}` as ScreenWord;
  const said = t(key);
  return said === key ? undefined : said;
}

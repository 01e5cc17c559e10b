import { Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { KesConfig } from '../../../../shared/kesConfig.ts';
import { useWords } from '../../../locales/language.ts';
import { linesOf } from './answer.ts';
import styles from './config.module.css';

interface PartProps {
  config: KesConfig;
  onChange(config: KesConfig): void;
}

function Line({ label, why, value, onChange }: { label: string; why?: string; value: string | undefined; onChange(value: string): void }) {
  return (
    <TextInput
      label={label}
      {...(why === undefined ? {} : { description: why })}
      classNames={{ label: 'sd-mono', input: 'sd-mono' }}
      value={value ?? ''}
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** An empty field is no line. */
function without<T extends object, K extends keyof T>(from: T, key: K, value: string): T {
  const { [key]: _, ...others } = from;
  return (value === '' ? others : { ...others, [key]: value }) as T;
}

/** Address, administrator, TLS, and what answers without a certificate. */
export function ServerForm({ config, onChange }: PartProps) {
  const { t } = useWords();
  const { tls } = config;
  const open = (route: string): boolean => config.api[route]?.skipAuth ?? false;
  return (
    <div className={styles.fields}>
      <Line label="address" value={config.address} onChange={(address) => onChange({ ...config, address })} />
      <Line
        label="admin.identity"
        why={t('kesConfig.server.adminWhy')}
        value={config.admin}
        onChange={(admin) => onChange(without(config, 'admin', admin))}
      />
      <Line label="tls.key" value={tls.key} onChange={(key) => onChange({ ...config, tls: { ...tls, key } })} />
      <Line label="tls.cert" value={tls.cert} onChange={(cert) => onChange({ ...config, tls: { ...tls, cert } })} />
      <Line
        label="tls.ca"
        why={t('kesConfig.server.caWhy')}
        value={tls.ca}
        onChange={(ca) => onChange({ ...config, tls: without(tls, 'ca', ca) })}
      />
      <Switch
        label={t('kesConfig.server.auth')}
        description={t('kesConfig.server.authWhy')}
        checked={tls.auth === 'on'}
        onChange={(event) => onChange({ ...config, tls: { ...tls, auth: event.currentTarget.checked ? 'on' : 'off' } })}
      />
      {(['/v1/ready', '/v1/metrics'] as const).map((route) => (
        <Switch
          key={route}
          label={t('kesConfig.server.open', { route })}
          description={t('kesConfig.server.openWhy')}
          checked={open(route)}
          onChange={(event) => {
            const { [route]: before, ...others } = config.api;
            const { skipAuth: _, ...rest } = before ?? {};
            const next = event.currentTarget.checked ? { ...rest, skipAuth: true } : rest;
            onChange({ ...config, api: Object.keys(next).length === 0 ? others : { ...others, [route]: next } });
          }}
        />
      ))}
    </div>
  );
}

/** How long keys are kept in memory, what is logged, and which keys shall be there. */
export function MoreForm({ config, onChange }: PartProps) {
  const { t } = useWords();
  const { cache, log } = config;
  const levels = (own: string): string[] => [...new Set([own, 'on', 'off', 'DEBUG', 'INFO', 'WARN', 'ERROR'])];
  return (
    <div className={styles.fields}>
      <Line
        label="cache.expiry.any"
        why={t('kesConfig.more.anyWhy')}
        value={cache.any}
        onChange={(any) => onChange({ ...config, cache: { ...cache, any } })}
      />
      <Line
        label="cache.expiry.unused"
        why={t('kesConfig.more.unusedWhy')}
        value={cache.unused}
        onChange={(unused) => onChange({ ...config, cache: { ...cache, unused } })}
      />
      <Line
        label="cache.expiry.offline"
        why={t('kesConfig.more.offlineWhy')}
        value={cache.offline}
        onChange={(offline) => onChange({ ...config, cache: without(cache, 'offline', offline) })}
      />
      {(['error', 'audit'] as const).map((what) => (
        <Select
          key={what}
          label={`log.${what}`}
          description={t(`kesConfig.more.${what}Why`)}
          classNames={{ label: 'sd-mono' }}
          data={levels(log[what])}
          value={log[what]}
          allowDeselect={false}
          onChange={(level) => level && onChange({ ...config, log: { ...log, [what]: level } })}
        />
      ))}
      <Textarea
        label={t('kesConfig.more.keys')}
        description={t('kesConfig.more.keysWhy')}
        classNames={{ input: 'sd-mono' }}
        defaultValue={config.keys.join('\n')}
        rows={3}
        spellCheck={false}
        onChange={(event) => onChange({ ...config, keys: linesOf(event.currentTarget.value) })}
      />
    </div>
  );
}

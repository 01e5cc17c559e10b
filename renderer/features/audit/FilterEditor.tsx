import { Button, Checkbox, Radio, Select, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type AuditBucket, type AuditFilter, type AuditKey, auditStates } from '../../../shared/audit.ts';
import { formatBytes } from '../../components/format.ts';
import { localTime } from '../../components/localTime.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import styles from './filters.module.css';
import { bytesIn, changed, dayStart, type FilterKind } from './filterText.ts';

interface EditorProps {
  kind: FilterKind;
  filter: AuditFilter;
  buckets: readonly AuditBucket[];
  keys: readonly AuditKey[];
  onChange(filter: AuditFilter): void;
  onDone(): void;
}

const versions = ['current', 'noncurrent', 'deleteMarkers', 'all'] as const;
const answers = ['yes', 'no', 'notTested'] as const;

/** One filter's values. Choices count at once, what is typed when it is applied. */
export function FilterEditor({ kind, filter, buckets, keys, onChange, onDone }: EditorProps) {
  const { t } = useWords();
  const title = t(`audit.rows.filter.kind.${kind}`);

  function choose(change: Parameters<typeof changed>[1]): void {
    onChange(changed(filter, change));
    onDone();
  }

  switch (kind) {
    case 'states':
      return (
        <Checkbox.Group
          label={title}
          value={filter.states ?? []}
          onChange={(states) => onChange(changed(filter, { states: auditStates.filter((state) => states.includes(state)) }))}
        >
          <Stack gap="sm" mt={8}>
            {auditStates.map((state) => (
              <Checkbox key={state} value={state} label={t(`components.state.${state}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
      );
    case 'bucket':
      return (
        <Choice
          label={title}
          value={filter.bucket}
          data={buckets.map(({ name }) => ({ value: name, label: name }))}
          onChoose={(bucket) => choose({ bucket })}
        />
      );
    case 'kmsKey':
      return (
        <Choice
          label={title}
          value={filter.kmsKey}
          data={[...new Set(keys.map(({ kmsKey }) => kmsKey))].sort().map((key) => ({
            value: key,
            label: key === '' ? t('audit.rows.filter.noKey') : key,
          }))}
          onChoose={(kmsKey) => choose({ kmsKey })}
        />
      );
    case 'prefix':
      return (
        <Typed
          fields={[{ label: title, value: filter.prefix ?? '', why: t('audit.rows.filter.prefixWhy') }]}
          onApply={([prefix]) => choose({ prefix })}
        />
      );
    case 'contains':
      return (
        <Typed
          fields={[{ label: title, value: filter.contains ?? '', why: t('audit.rows.filter.containsWhy') }]}
          onApply={([contains]) => choose({ contains })}
        />
      );
    case 'size':
      return <SizeEditor filter={filter} onApply={(minSize, maxSize) => choose({ minSize, maxSize })} />;
    case 'written':
      return (
        <Typed
          type="date"
          fields={[
            { label: t('audit.rows.filter.from'), value: filter.from === undefined ? '' : localTime(filter.from).slice(0, 10) },
            { label: t('audit.rows.filter.before'), value: filter.before === undefined ? '' : localTime(filter.before).slice(0, 10) },
          ]}
          onApply={([from = '', before = '']) => choose({ from: dayStart(from), before: dayStart(before) })}
        />
      );
    case 'versions':
      return (
        <OneOf
          label={title}
          value={filter.versions ?? 'current'}
          options={versions.map((value) => ({ value, label: t(`audit.rows.filter.version.${value}`) }))}
          onChoose={(value) => choose({ versions: value === 'current' ? undefined : value })}
        />
      );
    case 'opens':
      return (
        <OneOf
          label={title}
          value={filter.opens}
          options={answers.map((value) => ({ value, label: t(`audit.rows.filter.opens.${value}`) }))}
          onChoose={(opens) => choose({ opens })}
        />
      );
  }
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  data: { value: string; label: string }[];
  onChoose(value: string): void;
}

/** One of a list that may be long. '' is a value too, which the select box does not take for one. */
function Choice({ label, value, data, onChoose }: ChoiceProps) {
  const { t } = useWords();
  return (
    <Select
      label={label}
      searchable
      limit={100}
      data-autofocus
      comboboxProps={{ withinPortal: false }}
      nothingFoundMessage={t('audit.rows.filter.nothing')}
      value={value === undefined ? null : `=${value}`}
      data={data.map((option) => ({ ...option, value: `=${option.value}` }))}
      onChange={(chosen) => {
        if (chosen !== null) onChoose(chosen.slice(1));
      }}
    />
  );
}

interface OneOfProps<Value extends string> {
  label: string;
  value: Value | undefined;
  options: readonly { value: Value; label: string }[];
  onChoose(value: Value): void;
}

function OneOf<Value extends string>({ label, value, options, onChoose }: OneOfProps<Value>) {
  return (
    <Radio.Group label={label} value={value ?? null} onChange={(chosen) => onChoose(chosen as Value)}>
      <Stack gap="sm" mt={8}>
        {options.map((option) => (
          <Radio key={option.value} value={option.value} label={option.label} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

interface TypedField {
  readonly label: string;
  readonly value: string;
  readonly why?: string;
}

interface TypedProps {
  type?: 'text' | 'date';
  fields: readonly TypedField[];
  /** What is wrong with a value; undefined: nothing. */
  check?: (value: string) => string | undefined;
  onApply(values: string[]): void;
}

function Typed({ type = 'text', fields, check, onApply }: TypedProps): ReactNode {
  const { t } = useWords();
  const [values, setValues] = useState(fields.map(({ value }) => value));
  const wrong = values.map((value) => (value === '' ? undefined : check?.(value)));
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong.every((text) => text === undefined)) onApply(values);
      }}
    >
      {fields.map(({ label, why }, at) => (
        <TextInput
          key={label}
          type={type}
          label={label}
          description={why}
          error={wrong[at]}
          value={values[at] ?? ''}
          maxLength={1024}
          data-autofocus={at === 0 || undefined}
          onChange={(event) => setValues(values.with(at, event.currentTarget.value))}
        />
      ))}
      <Button type="submit">{t('audit.rows.filter.apply')}</Button>
    </form>
  );
}

function SizeEditor({ filter, onApply }: { filter: AuditFilter; onApply(least: number | undefined, most: number | undefined): void }) {
  const { t } = useWords();
  const language = useLanguage();
  // A rounded size would come back as another one.
  const text = (bytes: number | undefined): string => {
    if (bytes === undefined) return '';
    const short = formatBytes(bytes, language);
    return bytesIn(short) === bytes ? short : String(bytes);
  };
  return (
    <Typed
      fields={[
        { label: t('audit.rows.filter.least'), value: text(filter.minSize) },
        { label: t('audit.rows.filter.most'), value: text(filter.maxSize), why: t('audit.rows.filter.sizeWhy') },
      ]}
      check={(value) => (bytesIn(value) === undefined ? t('audit.rows.filter.sizeBad') : undefined)}
      onApply={([least = '', most = '']) => onApply(bytesIn(least), bytesIn(most))}
    />
  );
}

import { Autocomplete, NumberInput, Radio, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './fields.module.css';

interface FieldProps {
  label: string;
  /** Why it is asked for; stands under the field. */
  why?: ReactNode;
  /** What is allowed; shown only when the value is not. */
  error?: string | undefined;
  /** To be read and copied only. */
  fixed?: boolean;
}

export function TextField({
  value,
  onChange,
  label,
  why,
  error,
  fixed,
  mono,
  known,
}: FieldProps & {
  value: string;
  onChange(value: string): void;
  mono?: boolean;
  /** Names that are there already, offered while typing. */
  known?: readonly string[];
}) {
  const shared = {
    label,
    description: why,
    error,
    value,
    readOnly: fixed ?? false,
    autoComplete: 'off',
    spellCheck: false,
    classNames: { input: `${mono ? 'sd-mono' : ''} ${fixed ? styles.fixed : ''}` },
  } as const;
  if (known !== undefined && known.length > 0) {
    // What stands in the field says what was meant, not what to search for.
    return <Autocomplete {...shared} data={[...new Set(known)]} filter={({ options }) => options} limit={50} onChange={onChange} />;
  }
  return <TextInput {...shared} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** An emptied field is NaN, which no schema takes. */
export function NumberField(
  props: FieldProps & { value: number; min: number; max: number; suffix?: string; onChange(value: number): void },
) {
  const { value, min, max, onChange, label, why, error, suffix, fixed } = props;
  return (
    <NumberInput
      label={label}
      description={why}
      error={error}
      value={Number.isNaN(value) ? '' : value}
      min={min}
      max={max}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      readOnly={fixed ?? false}
      hideControls={fixed ?? false}
      classNames={{ input: fixed ? (styles.fixed ?? '') : '' }}
      {...(suffix === undefined ? {} : { suffix })}
      onChange={(next) => onChange(typeof next === 'number' ? next : Number.NaN)}
    />
  );
}

interface ChoiceRow<V extends string> {
  value: V;
  label: string;
  /** The reason for it, or why it is refused. */
  why: string;
  disabled?: boolean;
}

/** Radio rows with a reason each; a refused one keeps its reason readable. */
export function ChoiceField<V extends string>({
  label,
  why,
  value,
  rows,
  onChange,
}: {
  label: string;
  why?: ReactNode;
  value: V;
  rows: readonly ChoiceRow<V>[];
  onChange(value: V): void;
}) {
  return (
    <Radio.Group
      inputWrapperOrder={['label', 'description', 'input']}
      label={label}
      description={why}
      value={value}
      onChange={(next) => onChange(next as V)}
      className={styles.choices ?? ''}
    >
      {rows.map((row) => (
        <Radio
          key={row.value}
          value={row.value}
          label={row.label}
          description={row.why}
          disabled={row.disabled ?? false}
          className={styles.choice ?? ''}
        />
      ))}
    </Radio.Group>
  );
}

export function SwitchField({
  label,
  why,
  value,
  onChange,
  disabled,
}: {
  label: string;
  why: ReactNode;
  value: boolean;
  onChange(value: boolean): void;
  disabled?: boolean;
}) {
  return (
    <Switch
      label={label}
      description={why}
      checked={value}
      disabled={disabled ?? false}
      onChange={(event) => onChange(event.currentTarget.checked)}
      className={styles.choice ?? ''}
    />
  );
}

export function TagsField({
  value,
  onChange,
  label,
  why,
  error,
}: FieldProps & { value: readonly string[]; onChange(value: string[]): void }) {
  return (
    <TagsInput
      label={label}
      description={why}
      error={error}
      value={[...value]}
      onChange={onChange}
      splitChars={[',', ' ', ';']}
      acceptValueOnBlur
    />
  );
}

export function SelectField<V extends string>({
  label,
  why,
  value,
  rows,
  onChange,
}: {
  label: string;
  why?: string;
  value: V;
  rows: readonly { value: V; label: string }[];
  onChange(value: V): void;
}) {
  return (
    <Select
      label={label}
      description={why}
      value={value}
      data={[...rows]}
      allowDeselect={false}
      onChange={(next) => {
        if (next !== null) onChange(next as V);
      }}
    />
  );
}

/** Two fields side by side. */
export function Pair({ children }: { children: ReactNode }) {
  return <div className={styles.pair}>{children}</div>;
}

import { Autocomplete, Select } from '@mantine/core';
import { IconSelector } from '@tabler/icons-react';

interface KmsKeyPickProps {
  label: string;
  keys: readonly string[];
  value: string;
  /** KES may not list all that there are: any name can be typed. */
  typed?: boolean;
  className?: string | undefined;
  onChange(key: string): void;
}

const shownAtOnce = 50;
const searchedFrom = 9;

/** A key of KES by its name, found by a part of it where there are many. */
export function KmsKeyPick({ label, keys, value, typed = false, className = '', onChange }: KmsKeyPickProps) {
  const data = [...new Set([...keys, ...(typed || value === '' ? [] : [value])])].toSorted();
  const common = { 'aria-label': label, className, classNames: { input: 'sd-mono' }, data, value, limit: shownAtOnce } as const;
  if (!typed) {
    return (
      <Select {...common} allowDeselect={false} searchable={data.length >= searchedFrom} onChange={(next) => next && onChange(next)} />
    );
  }
  return (
    <Autocomplete
      {...common}
      rightSection={<IconSelector size={14} stroke={1.5} aria-hidden />}
      rightSectionPointerEvents="none"
      spellCheck={false}
      autoComplete="off"
      comboboxProps={{ width: 260, position: 'bottom-end' }}
      onChange={onChange}
    />
  );
}

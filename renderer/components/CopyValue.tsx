import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useWords } from '../locales/language.ts';
import { shorten } from './format.ts';

/** Copies a public value. 20 px inside rows. */
export function CopyAction({ value, label, size = 20 }: { value: string; label?: string; size?: number }) {
  const { t } = useWords();
  const glyph = size > 20 ? 16 : 14;
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <ActionIcon size={size} onClick={copy} aria-label={copied ? t('components.copied') : (label ?? t('components.copy'))}>
          {copied ? <IconCheck size={glyph} stroke={1.75} /> : <IconCopy size={glyph} stroke={1.5} />}
        </ActionIcon>
      )}
    </CopyButton>
  );
}

/** A public value (hash, path, name): mono, shortened in the middle, whole on hover, one click to copy. Never for secrets. */
export function CopyValue({ value, longest = 32 }: { value: string; longest?: number }) {
  const short = shorten(value, longest);
  const text = <span className="sd-mono">{short}</span>;
  return (
    <span className="sd-copyvalue">
      {short === value ? text : <Tooltip label={<span className="sd-mono">{value}</span>}>{text}</Tooltip>}
      <CopyAction value={value} />
    </span>
  );
}

/** A long name in running text: shortened in the middle, whole on hover. */
export function ShortName({ name, longest = 28, mono = false }: { name: string; longest?: number; mono?: boolean }) {
  const short = shorten(name, longest);
  const text = <span className={mono ? 'sd-mono' : undefined}>{short}</span>;
  return short === name ? text : <Tooltip label={name}>{text}</Tooltip>;
}

import { ActionIcon, Checkbox, Popover, Stack } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import { type ChosenColumn, type ColumnId, columnIds } from './rowColumns.tsx';

const optional = columnIds.filter((id): id is ChosenColumn => id !== 'name');

/** Which columns are shown; the settings keep it, for all audits. */
export function ColumnMenu({ shown, automatic }: { shown: readonly ColumnId[]; automatic: boolean }) {
  const { t } = useWords();
  const { run } = useAction('settings.write');
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon aria-label={t('audit.rows.columns')}>
          <IconColumns3 size={16} stroke={1.5} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('audit.rows.columns')}>
        <Stack gap="sm">
          <Checkbox
            label={t('audit.rows.columnsAuto')}
            checked={automatic}
            onChange={() => void run({ auditColumns: automatic ? optional.filter((id) => shown.includes(id)) : [] })}
          />
          {optional.map((id) => (
            <Checkbox
              key={id}
              label={t(`audit.rows.column.${id}`)}
              checked={shown.includes(id)}
              onChange={() => void run({ auditColumns: optional.filter((other) => (other === id) !== shown.includes(other)) })}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

import { ActionIcon, Menu } from '@mantine/core';
import { IconCheck, IconColumns3 } from '@tabler/icons-react';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import { type ChosenColumn, type ColumnId, columnIds } from './rowColumns.tsx';

const optional = columnIds.filter((id): id is ChosenColumn => id !== 'name');

/** Which columns are shown; the settings keep it, for all audits. */
export function ColumnMenu({ shown, automatic }: { shown: readonly ColumnId[]; automatic: boolean }) {
  const { t } = useWords();
  const { run } = useAction('settings.write');
  const mark = (on: boolean) => <IconCheck size={14} stroke={1.75} aria-hidden style={on ? undefined : { visibility: 'hidden' }} />;
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon aria-label={t('audit.rows.columns')}>
          <IconColumns3 size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          role="menuitemcheckbox"
          aria-checked={automatic}
          leftSection={mark(automatic)}
          onClick={() => void run({ auditColumns: automatic ? optional.filter((id) => shown.includes(id)) : [] })}
        >
          {t('audit.rows.columnsAuto')}
        </Menu.Item>
        <Menu.Divider />
        {optional.map((id) => (
          <Menu.Item
            key={id}
            role="menuitemcheckbox"
            aria-checked={shown.includes(id)}
            leftSection={mark(shown.includes(id))}
            onClick={() => void run({ auditColumns: optional.filter((other) => (other === id) !== shown.includes(other)) })}
          >
            {t(`audit.rows.column.${id}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

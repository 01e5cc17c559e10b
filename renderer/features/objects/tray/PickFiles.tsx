import { Menu } from '@mantine/core';
import { IconChevronDown, IconFiles, IconFolder } from '@tabler/icons-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { ChangeButton, useReadOnly } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';
import { pickedOf, type Taken } from './taken.ts';

interface PickFilesProps {
  variant?: 'default' | 'filled';
  leftSection?: ReactNode;
  children: ReactNode;
  onTake(taken: Taken): void;
}

/** A button for those who do not drop: files, or a folder with all that lies in it. */
export function PickFiles({ variant = 'default', leftSection, children, onTake }: PickFilesProps) {
  const { t } = useWords();
  const readOnly = useReadOnly();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  function take(input: HTMLInputElement): void {
    const chosen = [...(input.files ?? [])];
    if (chosen.length > 0) onTake(pickedOf(chosen));
    input.value = '';
  }
  const input = (ref: RefObject<HTMLInputElement | null>, label: string, whole: boolean) => (
    <input
      ref={ref}
      type="file"
      multiple
      hidden
      aria-label={label}
      {...(whole ? { webkitdirectory: '' } : {})}
      onChange={(event) => take(event.currentTarget)}
    />
  );
  const button = (
    <ChangeButton variant={variant} leftSection={leftSection} rightSection={<IconChevronDown size={14} stroke={1.5} aria-hidden />}>
      {children}
    </ChangeButton>
  );
  return (
    <>
      {input(files, t('objects.tray.pick.files'), false)}
      {input(folder, t('objects.tray.pick.folder'), true)}
      {readOnly ? (
        button
      ) : (
        <Menu position="bottom-end">
          <Menu.Target>{button}</Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconFiles size={16} stroke={1.5} aria-hidden />} onClick={() => files.current?.click()}>
              {t('objects.tray.pick.files')}
            </Menu.Item>
            <Menu.Item leftSection={<IconFolder size={16} stroke={1.5} aria-hidden />} onClick={() => folder.current?.click()}>
              {t('objects.tray.pick.folder')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

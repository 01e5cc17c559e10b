import { ActionIcon, Menu, Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconCheck,
  IconLanguage,
  IconLock,
  IconMoon,
  IconPlugConnected,
  IconPlus,
  IconSelector,
  IconSettings,
  IconStack2,
  IconSun,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Settings } from '../../shared/app.ts';
import { useCurrentStack } from '../components/currentStack.ts';
import { shorten } from '../components/format.ts';
import type { HopState } from '../components/hops.ts';
import { StateIcon } from '../components/StateIcon.tsx';
import { useWords } from '../locales/language.ts';
import { useAction, useCall } from '../rpc/hooks.ts';
import { Mark } from './Mark.tsx';
import styles from './rail.module.css';
import { addressOf, type Route, shownRoutes } from './routes.tsx';

/** Pages as icons and words, in groups; at the foot the stack switcher, language, theme, settings. Narrow: icons only. */
export function Rail({ hops, narrow, dark }: { hops: readonly HopState[]; narrow: boolean; dark: boolean }) {
  const { t } = useWords();
  const { stack } = useCurrentStack();
  // A sample is never set up; its banner leads to a stack of one's own.
  const sample = stack?.origin === 'sample';
  const listed = shownRoutes(stack).filter((route) => route.rail !== undefined && !(sample && route.name === 'setup'));
  const groups = [...new Set(listed.map((route) => route.rail?.group))];
  return (
    <nav className={styles.rail} data-narrow={narrow || undefined} aria-label={t('frame.navigation')}>
      <div className={styles.brand}>
        <Mark />
        {narrow ? null : <span>Sealdeck</span>}
      </div>
      {groups.map((group) => (
        <ul key={group} className={styles.group}>
          {listed
            .filter((route) => route.rail?.group === group)
            .map((route) => (
              <li key={route.name}>
                <RailItem route={route} narrow={narrow} hops={hops} />
              </li>
            ))}
        </ul>
      ))}
      <div className={styles.foot}>
        {stack ? <StackSwitcher narrow={narrow} /> : null}
        <div className={styles.tools}>
          <LanguageMenu />
          <ThemeMenu dark={dark} />
          <Tooltip label={t('frame.page.settings')}>
            <ActionIcon component={Link} href="/settings" aria-label={t('frame.page.settings')}>
              <IconSettings size={16} stroke={1.5} />
            </ActionIcon>
          </Tooltip>
        </div>
      </div>
    </nav>
  );
}

function RailItem({ route, narrow, hops }: { route: Route; narrow: boolean; hops: readonly HopState[] }) {
  const { t } = useWords();
  const [location] = useLocation();
  const address = addressOf(route);
  // Connecting is a way of setting up; customer keys are those of objects; the clusters are Overview's larger picture.
  const shown = location
    .replace(/^\/connect\b/, '/setup')
    .replace(/^\/customer-keys\b/, '/objects')
    .replace(/^\/clusters\b.*/, '/');
  const active = address === '/' ? shown === '/' : shown === address || shown.startsWith(`${address}/`);
  const word = t(`frame.page.${route.name}`);
  const Icon = route.rail?.icon ?? IconStack2;
  const mark = hops.find((hop) => hop.id === route.rail?.health)?.mark;
  return (
    <Tooltip label={word} position="right" disabled={!narrow}>
      <Link href={address} className={styles.item} aria-current={active ? 'page' : undefined} aria-label={narrow ? word : undefined}>
        <Icon size={16} stroke={1.5} aria-hidden />
        {narrow ? null : <span className={styles.word}>{word}</span>}
        {mark === 'warn' || mark === 'fail' ? <StateIcon mark={mark} size={13} /> : null}
      </Link>
    </Tooltip>
  );
}

function StackSwitcher({ narrow }: { narrow: boolean }) {
  const { t } = useWords();
  const { stack, stacks, choose } = useCurrentStack();
  const [, navigate] = useLocation();
  const readOnly = useAction('stacks.readOnly');
  if (!stack) return null;
  return (
    <Menu position="top-start" width={240}>
      <Menu.Target>
        <UnstyledButton className={styles.switcher} aria-label={`${t('frame.stacks')}: ${stack.name}`}>
          <IconStack2 size={16} stroke={1.5} aria-hidden />
          {narrow ? null : (
            <>
              <span className={styles.word}>{shorten(stack.name, 16)}</span>
              <IconSelector size={14} stroke={1.5} aria-hidden />
            </>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={styles.menu}>
        {stacks.map((other) => (
          <Menu.Item
            key={other.id}
            onClick={() => choose(other.id)}
            rightSection={other.id === stack.id ? <IconCheck size={14} stroke={1.5} aria-hidden /> : null}
          >
            {shorten(other.name, 26)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconStack2 size={14} stroke={1.5} aria-hidden />} onClick={() => navigate('/stack')}>
          {t('frame.thisStack')}
        </Menu.Item>
        <Menu.Item leftSection={<IconPlus size={14} stroke={1.5} aria-hidden />} onClick={() => navigate('/setup/new')}>
          {t('frame.newStack')}
        </Menu.Item>
        <Menu.Item leftSection={<IconPlugConnected size={14} stroke={1.5} aria-hidden />} onClick={() => navigate('/connect')}>
          {t('frame.connectServers')}
        </Menu.Item>
        {stack.readOnly || stack.origin !== 'connected' ? null : (
          <Menu.Item
            leftSection={<IconLock size={14} stroke={1.5} aria-hidden />}
            onClick={() => void readOnly.run({ id: stack.id, readOnly: true })}
          >
            {t('frame.makeReadOnly')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Choice({ label, icon, children }: { label: string; icon: ReactNode; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <Menu position="top-start" width={180} opened={open} onChange={setOpen}>
      <Menu.Target>
        <Tooltip label={label} disabled={open}>
          <ActionIcon aria-label={label}>{icon}</ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown className={styles.menu}>{children}</Menu.Dropdown>
    </Menu>
  );
}

function LanguageMenu() {
  const { t } = useWords();
  const settings = useCall('settings.read', {}).data;
  const { run } = useAction('settings.write');
  const languages: readonly Settings['language'][] = ['system', 'en', 'zh-CN'];
  return (
    <Choice label={t('frame.language')} icon={<IconLanguage size={16} stroke={1.5} />}>
      {languages.map((language) => (
        <Menu.Item
          key={language}
          onClick={() => void run({ language })}
          rightSection={settings?.language === language ? <IconCheck size={14} stroke={1.5} aria-hidden /> : null}
        >
          {t(`frame.languages.${language}`)}
        </Menu.Item>
      ))}
    </Choice>
  );
}

function ThemeMenu({ dark }: { dark: boolean }) {
  const { t } = useWords();
  const settings = useCall('settings.read', {}).data;
  const { run } = useAction('settings.write');
  const themes: readonly Settings['theme'][] = ['system', 'light', 'dark'];
  return (
    <Choice label={t('frame.theme')} icon={dark ? <IconSun size={16} stroke={1.5} /> : <IconMoon size={16} stroke={1.5} />}>
      {themes.map((theme) => (
        <Menu.Item
          key={theme}
          onClick={() => void run({ theme })}
          rightSection={settings?.theme === theme ? <IconCheck size={14} stroke={1.5} aria-hidden /> : null}
        >
          {t(`frame.themes.${theme}`)}
        </Menu.Item>
      ))}
    </Choice>
  );
}

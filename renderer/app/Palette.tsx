import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import {
  IconArrowRight,
  IconLanguage,
  IconLayoutSidebarRight,
  IconMoon,
  IconSearch,
  IconSettings,
  IconShieldCheck,
  IconStack2,
} from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { useCurrentStack } from '../components/currentStack.ts';
import { useDrawer } from '../components/drawer.tsx';
import { useWords } from '../locales/language.ts';
import { useAction } from '../rpc/hooks.ts';
import { wizardAddress, wizards } from '../wizard/wizards.ts';
import { addressOf, shownRoutes } from './routes.tsx';

/** Ctrl K: go to a page or stack, or do one of the few things that are offered everywhere. */
export function Palette({ dark }: { dark: boolean }) {
  const { t, language } = useWords();
  const { stack, stacks, choose } = useCurrentStack();
  const [, navigate] = useLocation();
  const drawer = useDrawer();
  const settings = useAction('settings.write');
  const proof = useAction('proof.run');
  const icon = { size: 16, stroke: 1.5, 'aria-hidden': true } as const;
  const groups: SpotlightActionGroupData[] = [
    {
      group: t('frame.palette.pages'),
      actions: shownRoutes(stack)
        // Wizards are listed one by one, below.
        .filter(({ name }) => name !== 'wizard')
        .map((route) => ({
          id: route.name,
          label: t(`frame.page.${route.name}`),
          leftSection: route.rail ? (
            <route.rail.icon {...icon} />
          ) : route.name === 'settings' ? (
            <IconSettings {...icon} />
          ) : (
            <IconArrowRight {...icon} />
          ),
          onClick: () => navigate(addressOf(route)),
        })),
    },
    {
      group: t('frame.palette.actions'),
      actions: [
        ...(stack && !stack.readOnly
          ? [
              {
                id: 'prove',
                label: t('overview.proveAgain'),
                leftSection: <IconShieldCheck {...icon} />,
                onClick: () => void proof.run({ stackId: stack.id }),
              },
            ]
          : []),
        // On a read-only stack a wizard still plans, and a check changes nothing.
        ...(stack
          ? wizards.map(({ name, icon: Icon }) => ({
              id: `wizard ${name}`,
              label: t(`frame.wizard.${name}`),
              leftSection: <Icon {...icon} />,
              onClick: () => navigate(wizardAddress(name)),
            }))
          : []),
        { id: 'drawer', label: t('frame.drawer'), leftSection: <IconLayoutSidebarRight {...icon} />, onClick: drawer.toggle },
        {
          id: 'theme',
          label: `${t('frame.theme')}: ${t(dark ? 'frame.themes.light' : 'frame.themes.dark')}`,
          leftSection: <IconMoon {...icon} />,
          onClick: () => void settings.run({ theme: dark ? 'light' : 'dark' }),
        },
        {
          id: 'language',
          label: `${t('frame.language')}: ${language === 'en' ? '简体中文' : 'English'}`,
          leftSection: <IconLanguage {...icon} />,
          onClick: () => void settings.run({ language: language === 'en' ? 'zh-CN' : 'en' }),
        },
      ],
    },
    {
      group: t('frame.palette.stacks'),
      actions: stacks
        .filter((other) => other.id !== stack?.id)
        .map((other) => ({
          id: `stack ${other.id}`,
          label: other.name,
          leftSection: <IconStack2 {...icon} />,
          onClick: () => choose(other.id),
        })),
    },
  ];
  return (
    <Spotlight
      actions={groups.filter((group) => group.actions.length > 0)}
      shortcut="mod + K"
      nothingFound={t('frame.palette.nothing')}
      searchProps={{
        placeholder: t('frame.palette.search'),
        'aria-label': t('frame.palette.search'),
        leftSection: <IconSearch {...icon} />,
      }}
      attributes={{ content: { 'aria-label': t('frame.palette.search') } }}
      highlightQuery={false}
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 0 }}
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
    />
  );
}

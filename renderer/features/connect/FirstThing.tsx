import { Button, CopyButton } from '@mantine/core';
import {
  IconAddressBook,
  IconBuildingBank,
  IconCertificate,
  IconChecklist,
  IconPencil,
  IconShieldCheck,
  IconUserCheck,
} from '@tabler/icons-react';
import { useLocation } from 'wouter';
import type { ServerTest } from '../../../shared/connect.ts';
import { serverNames } from '../../../shared/servers.ts';
import { dialled, hostOf } from '../../components/connect/address.ts';
import { type Mend, mends } from '../../components/connect/lights.ts';
import { useWords } from '../../locales/language.ts';
import type { Mended } from './MendDialog.tsx';

interface FirstThingProps {
  test: ServerTest;
  /** Only one button of the page is filled: that of the first red row. */
  filled: boolean;
  onMend(mend: Mended): void;
  onDial(url: string): void;
  onRights(): void;
}

/** Buttons that lead to what mends the red light, the likeliest first. */
export function FirstThing({ test, filled, onMend, onDial, onRights }: FirstThingProps) {
  const { t } = useWords();
  const [, navigate] = useLocation();
  const { kind } = test;
  const server = serverNames[kind];
  const icon = { size: 16, stroke: 1.5, 'aria-hidden': true } as const;
  const names = (test.certificate?.names ?? []).flatMap((name) => {
    const url = dialled(test.url, name);
    return url === undefined || url === test.url ? [] : [url];
  });

  function button(key: string, variant: 'filled' | 'default', words: string, left: React.ReactNode, onClick: () => void) {
    return (
      <Button key={key} variant={variant} fullWidth justify="flex-start" leftSection={left} onClick={onClick}>
        {words}
      </Button>
    );
  }

  function of(mend: Mend, at: number) {
    const variant = filled && at === 0 ? 'filled' : 'default';
    switch (mend) {
      case 'names':
        if (names.length === 0) return <SanLine key={mend} url={test.url} />;
        return names
          .slice(0, 2)
          .map((url, place) =>
            button(
              url,
              place === 0 ? variant : 'default',
              t('connect.mend.dial', { host: hostOf(url) }),
              <IconAddressBook {...icon} />,
              () => onDial(url),
            ),
          );
      case 'address':
        return button(mend, names.length > 0 ? 'default' : variant, t('connect.mend.address'), <IconPencil {...icon} />, () =>
          onMend({ kind, part: 'address' }),
        );
      case 'trust':
        return button(mend, variant, t('connect.mend.trust'), <IconShieldCheck {...icon} />, () => onMend({ kind, part: 'trust' }));
      case 'credential':
        return button(mend, variant, t('connect.mend.credential', { server }), <IconUserCheck {...icon} />, () =>
          onMend({ kind, part: 'credential' }),
        );
      case 'engine':
        return button(mend, variant, t('connect.mend.engine'), <IconPencil {...icon} />, () => onMend({ kind: 'vault', part: 'engine' }));
      case 'unseal':
        return button(mend, variant, t('connect.mend.unseal'), <IconBuildingBank {...icon} />, () => navigate('/vault'));
      case 'preflight':
        return button(mend, variant, t('connect.mend.rights'), <IconChecklist {...icon} />, onRights);
    }
  }

  // Without a name to dial, another address comes first, and then the line for whoever renews the certificate.
  const all = mends(test);
  return (names.length === 0 ? [...all.filter((mend) => mend !== 'names'), ...all.filter((mend) => mend === 'names')] : all).map(of);
}

/** The line that a new certificate needs, for whoever issues it. */
function SanLine({ url }: { url: string }) {
  const { t } = useWords();
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const line = `subjectAltName = ${/^[\d.]+$|:/.test(host) ? 'IP' : 'DNS'}:${host}`;
  return (
    <CopyButton value={line} timeout={3000}>
      {({ copied, copy }) => (
        <Button fullWidth justify="flex-start" leftSection={<IconCertificate size={16} stroke={1.5} aria-hidden />} onClick={copy}>
          {t(copied ? 'connect.mend.sanCopied' : 'connect.mend.san')}
        </Button>
      )}
    </CopyButton>
  );
}

import { useCurrentStack } from '../../components/currentStack.ts';
import { TabbedPage } from '../../components/TabbedPage.tsx';
import { useWords } from '../../locales/language.ts';
import { FilesPane } from './authority/FilesPane.tsx';
import { ServedPane } from './board/ServedPane.tsx';

/** Certificates of a stack: the files, and what its servers really serve. */
export function CertificatesPage() {
  const { stack } = useCurrentStack();
  const { t } = useWords();
  if (!stack) return null;
  const tabs = [
    { to: '/certificates', label: t('frame.tab.certificateFiles'), pane: <FilesPane key={stack.id} stack={stack} /> },
    { to: '/certificates/served', label: t('frame.tab.certificatesServed'), pane: <ServedPane key={stack.id} stack={stack} /> },
  ];
  return <TabbedPage tabs={tabs} label={t('frame.page.certificates')} />;
}

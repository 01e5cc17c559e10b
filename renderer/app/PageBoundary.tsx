import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../locales/language.ts';

/** A defect in one page leaves the frame and the other pages working. React offers this to classes only. */
export class PageBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken onAgain={() => this.setState({ broken: false })} /> : this.props.children;
  }
}

function Broken({ onAgain }: { onAgain(): void }) {
  const { t } = useWords();
  return (
    <EmptyState
      heading="h1"
      question={t('frame.crash.title')}
      sentence={t('frame.crash.text')}
      action={<Button onClick={onAgain}>{t('frame.crash.again')}</Button>}
    />
  );
}

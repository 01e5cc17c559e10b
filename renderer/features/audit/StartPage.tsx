import { EmptyState } from '../../components/EmptyState.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';
import styles from './audit.module.css';
import { runsAddress, scopeAsked } from './place.ts';
import { StartForm } from './StartForm.tsx';

interface StartProps {
  stackId: string;
  /** What the address says of where. */
  asked: URLSearchParams;
  first: boolean;
}

/** The start of an audit: the first one is the page's empty state, later ones have the way back above them. */
export function StartPage({ stackId, asked, first }: StartProps) {
  const { t } = useWords();
  const form = <StartForm key={asked.toString()} stackId={stackId} asked={scopeAsked(asked)} centred={first} />;
  if (!first) {
    return (
      <>
        <PageHeader
          above={
            <span className={styles.place}>
              <a href={runsAddress}>{t('audit.runs.all')}</a>
              <span aria-hidden>/</span>
              {t('audit.start.head')}
            </span>
          }
          question={t('audit.question')}
          answer={{ mark: 'info', text: t('audit.start.sentence') }}
        />
        {form}
      </>
    );
  }
  return (
    <>
      <EmptyState picture={<MapOutline />} question={t('audit.question')} sentence={t('audit.start.empty')} heading="h1" />
      {form}
    </>
  );
}

/** The page's own picture: cells of a map that are not read yet. */
function MapOutline() {
  const cells = [
    [0, 0, 96, 52],
    [0, 56, 96, 36],
    [100, 0, 54, 40],
    [100, 44, 54, 48],
    [158, 0, 62, 30],
    [158, 34, 28, 58],
    [190, 34, 30, 58],
  ] as const;
  return (
    <svg width="221" height="93" aria-hidden="true" focusable="false">
      {cells.map(([x, y, width, height]) => (
        <rect
          key={`${x} ${y}`}
          x={x + 0.5}
          y={y + 0.5}
          width={width}
          height={height}
          rx="2"
          fill="var(--sd-notRead-fill)"
          stroke="var(--sd-notRead-edge)"
          strokeDasharray="3 3"
        />
      ))}
    </svg>
  );
}

import { Button } from '@mantine/core';
import { Link } from 'wouter';
import type { BoardFix } from '../../../../shared/certificateBoard.ts';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';

/** What mends a cell: a plan that opens here, or the page where it is done. */
export function FixButton({ fix, filled, onFix }: { fix: BoardFix; filled: boolean; onFix(fix: BoardFix): void }) {
  const { t } = useWords();
  const look = filled ? { variant: 'filled' } : {};
  if (fix.kind === 'command') return null;
  if (fix.kind === 'wizard' || fix.kind === 'trust') {
    const href = fix.kind === 'wizard' ? '/wizard/certificates' : '/stack';
    return (
      <Button component={Link} href={href} {...look}>
        {t(`certificateBoard.fix.${fix.kind}`)}
      </Button>
    );
  }
  return (
    <ChangeButton {...look} onClick={() => onFix(fix)}>
      {t(`certificateBoard.fix.${fix.kind}`)}
    </ChangeButton>
  );
}

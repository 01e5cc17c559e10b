import type { BucketRule } from '../../shared/minio.ts';
import { useWords } from '../locales/language.ts';
import { ShortName } from './CopyValue.tsx';
import type { BucketInfo } from './health.ts';
import { ObjectStateBadge } from './ObjectStateBadge.tsx';
import { StateIcon } from './StateIcon.tsx';

/** A bucket's default rule: the state that new objects get, or that there is none, or that it could not be read. */
export function RuleCell({ rule }: { rule: BucketInfo['rule'] }) {
  const { t } = useWords();
  if (rule === undefined) {
    return (
      <span className="sd-state">
        <StateIcon mark="info" size={15} silent /> {t('objects.rule.unread')}
      </span>
    );
  }
  if (rule.kind === 'none') {
    return (
      <span className="sd-state">
        <StateIcon mark="warn" size={15} silent /> {t('objects.rule.none')}
      </span>
    );
  }
  return (
    <span className="sd-state">
      <ObjectStateBadge state={rule.kind} />
      {rule.kind === 'sse-kms' ? <ShortName name={rule.key} longest={32} mono /> : null}
    </span>
  );
}

/** The rule as words of a sentence: "SSE-KMS, minio-default". */
export function ruleWords(rule: Exclude<BucketRule, { kind: 'none' }>): string {
  return rule.kind === 'sse-kms' ? `SSE-KMS, ${rule.key}` : 'SSE-S3';
}

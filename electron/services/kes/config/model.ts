import type { Dialect, Finding, KesConfig, Matching } from '../../../../shared/kesConfig.ts';
import type { RuleLine } from '../../../../shared/kesRules.ts';
import type { Secret } from '../../../../shared/secret.ts';

export type { Dialect, Finding, KesConfig, KesPolicy, Matching } from '../../../../shared/kesConfig.ts';

/** What a configuration of any dialect says, and what is to be said of it. */
export interface KesReading {
  dialect: Dialect;
  /** How the server that the text was written for compares rules with paths. */
  matching: Matching;
  /** In the sense of today's servers; secrets stand in it as `${NAME}`. */
  config: KesConfig;
  findings: Finding[];
  /** The rules as they are written, for a look at what they match. */
  rules: RuleLine[];
  /** What stood in the text itself, by the name that stands for it now. Never in an outward frame. */
  secrets: ReadonlyMap<string, Secret>;
  /** The text as it was, line for line, with `${NAME}` where a secret stood. */
  shown: string;
}

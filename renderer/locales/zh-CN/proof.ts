import type { proofEn } from '../en/proof.ts';
import type { SameWords } from '../words.ts';

export const proofZh: SameWords<typeof proofEn> = {
  title: 'Proof',
};

export const proofEn = {
  title: 'Proof',
} as const;

export const vaultEn = {
  title: 'Vault',
} as const;

export const settingsEn = { proveAgain: 'Prove again' } as const;

export const overviewEn = { proveAgain: 'Prove again' } as const;

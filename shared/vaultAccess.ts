export const vaultAccessProcedures = {};

export const vaultClusterProcedures = {};

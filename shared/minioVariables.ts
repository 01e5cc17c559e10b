export const minioVariablesProcedures = {};

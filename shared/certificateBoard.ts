export const certificateBoardProcedures = {};

import type { minioEn } from './minio.messages.en.ts';
import type { SameCodes } from './text.ts';

export const minioZh: SameCodes<typeof minioEn> = {
  errors: {},
  texts: {},
};

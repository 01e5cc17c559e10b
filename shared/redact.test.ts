import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const value = 'b0a1c622-08ec-28fe-bbe8-2949aa11bb22';

describe('redaction', () => {
  it('hides what servers print of their own configuration and environment when they die', () => {
    for (const line of [
      `      secret: "${value}"`,
      `secret: ${value}`,
      `"secret":"${value}"`,
      `secret_id=${value}`,
      `"secretId": "${value}"`,
      `MINIO_ROOT_PASSWORD="${value}"`,
      `MINIO_ROOT_PASSWORD=${value}`,
      `"RootPassword":"${value}"`,
      `SecretAccessKey: ${value}`,
      `AWS_SECRET_ACCESS_KEY=${value}`,
      `secret_key=${value}`,
      `{"keys_base64":["${value}"],"root_token":"${value}"}`,
      `{"key":"x","share":"${value}"}`,
    ])
      expect(redact(line), line).not.toContain(value);
  });

  it('leaves sentences that only speak of secrets alone', () => {
    for (const line of [
      'no approle secret specified',
      'invalid secret id',
      '3 of 5 shares are needed',
      'key=minio-default',
      '{"keys":["minio-default"]}',
    ])
      expect(redact(line)).toBe(line);
  });
});

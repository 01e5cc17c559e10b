import { AppError } from '../../shared/rpc/errors.ts';

/** Stands where a procedure of the contract is not built yet; gone when the last one is. */
export async function notBuilt(): Promise<never> {
  throw new AppError('unknownProcedure', { name: 'not built yet' });
}

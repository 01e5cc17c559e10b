/** The server's name as its makers write it. */
export function productName(product: string): string {
  return product === 'openbao' ? 'OpenBao' : product === 'vault' ? 'HashiCorp Vault' : product;
}

/** Where a try with a public identity has its page. */
export const sandboxAddress = '/kes/sandbox';

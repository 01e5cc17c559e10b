export const frameChannel = 'sealdeck:frame';
export const closedChannel = 'sealdeck:closed';
export const scheme = 'app';
export const schemeHost = 'sealdeck';
export const startUrl = `${scheme}://${schemeHost}/`;

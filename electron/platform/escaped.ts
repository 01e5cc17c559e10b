/** Text for HTML and SVG, in content and in quoted attributes. Signs that turn the direction of text or end a line show as `U+…`. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, (sign) => `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
}

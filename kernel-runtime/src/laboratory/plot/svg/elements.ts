/** SVG elements as text. All text from outside is escaped here. */

const specialCharacters: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
};

/** Text as it may stand in an element or an attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, character => specialCharacters[character]);
}

/** A pixel coordinate with one decimal: the same on every machine. */
export function pixel(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** An element with escaped attributes; `content` is markup already. */
export function element(
  name: string,
  attributes: Record<string, string | number>,
  content = ''
): string {
  const written = Object.entries(attributes)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? pixel(value) : escapeXml(value)}"`
    )
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

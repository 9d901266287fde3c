// Spaces that do not look like one: nbsp, the en/em family, ideographic; and characters without width: ZWSP, ZWNJ, ZWJ, LRM, RLM, WJ, BOM, soft hyphen.
const EDGE = '[\\s\\u00a0\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u2064\\u3000\\ufeff\\u00ad\\u0000-\\u001f]'
const EDGES = new RegExp(`^${EDGE}+`)
const EDGE_ONE = new RegExp(EDGE)
const ZERO_WIDTH = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]/g

/** Trims every kind of space, also those without width. The end is walked by hand: `/\s+$/` is quadratic on long runs of spaces. */
export function trimText(text: string): string {
  let end = text.length
  while (end > 0 && EDGE_ONE.test(text.charAt(end - 1))) end--
  return text.slice(0, end).replace(EDGES, '')
}

/** Full-width ASCII (０-９ Ａ-ｚ （ ， ＝) to half-width, ideographic space to space. CJK marks such as 、 。 《 stay. */
export function toHalfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e\u3000\uffe5]/g, (c) =>
    c === '\u3000' ? ' ' : c === '\uffe5' ? '¥' : String.fromCharCode(c.charCodeAt(0) - 0xfee0))
}

/** For names and other free text: no characters without width, one kind of space, no double spaces, trimmed. Line breaks stay one each. */
export function cleanText(text: string): string {
  return trimText(
    text
      .replace(ZERO_WIDTH, '')
      .replace(/\r\n?|[\u2028\u2029]/g, '\n')
      .replace(/[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
      .replace(/ {2,}/g, ' ')
      .replace(/ ?\n[\n ]*/g, '\n'),
  )
}

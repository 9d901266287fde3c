import { SheetRefusal } from './refusal.ts'

/**
 * A tokenizer for the machine-written XML inside .xlsx, fed in chunks. It knows no DTD: a `<!DOCTYPE` or `<!ENTITY` and any entity but
 * the five of XML are refused, so no expansion can happen. Prefixes are cut off names.
 */
export interface XmlHandler {
  open(name: string, attributes: string, self_closing: boolean): void
  close(name: string): void
  /** May come in pieces. Only called while `wants_text`. */
  text(text: string): void
  wants_text: boolean
}

// One tag or comment longer than this is no spreadsheet; it also bounds the text that is scanned again with the next chunk.
const MAX_TOKEN = 1024 * 1024
const entity = (): SheetRefusal => new SheetRefusal('sheet.xml_entity')
const damaged = (): SheetRefusal => new SheetRefusal('sheet.damaged', { detail: 'XML 不完整' })

export class XmlScan {
  #rest = ''
  readonly #handler: XmlHandler

  constructor(handler: XmlHandler) {
    this.#handler = handler
  }

  push(chunk: string): void {
    const text = this.#rest === '' ? chunk : this.#rest + chunk
    let at = 0
    for (;;) {
      const open = text.indexOf('<', at)
      if (open < 0) {
        const keep = this.#emitTail(text, at)
        this.#rest = text.slice(keep)
        break
      }
      if (open > at && this.#handler.wants_text) this.#handler.text(decodeEntities(text.slice(at, open)))
      const next = this.#token(text, open)
      if (next < 0) {
        this.#rest = text.slice(open)
        break
      }
      at = next
    }
    if (this.#rest.length > MAX_TOKEN) throw damaged()
  }

  end(): void {
    if (this.#rest.trim() !== '') throw damaged()
  }

  /** A text run that the chunk cut: all but a half entity. */
  #emitTail(text: string, at: number): number {
    const amp = text.lastIndexOf('&')
    const cut = amp >= at && amp > text.length - 12 && text.indexOf(';', amp) < 0 ? amp : text.length
    if (cut > at && this.#handler.wants_text) this.#handler.text(decodeEntities(text.slice(at, cut)))
    return cut
  }

  /** Index after the token at `open`, or -1 when the chunk ends inside it. */
  #token(text: string, open: number): number {
    const code = text.charCodeAt(open + 1)
    if (code === 0x21) return this.#bang(text, open)
    if (code === 0x3f) {
      const end = text.indexOf('?>', open)
      return end < 0 ? -1 : end + 2
    }
    const end = tagEnd(text, open + 1)
    if (end < 0) return -1
    if (code === 0x2f) {
      this.#handler.close(localName(text.slice(open + 2, end).trimEnd()))
      return end + 1
    }
    const self = text.charCodeAt(end - 1) === 0x2f
    const body = text.slice(open + 1, self ? end - 1 : end)
    const space = body.search(/\s/)
    const name = localName(space < 0 ? body : body.slice(0, space))
    this.#handler.open(name, space < 0 ? '' : body.slice(space), self)
    if (self) this.#handler.close(name)
    return end + 1
  }

  #bang(text: string, open: number): number {
    if (text.startsWith('<!--', open)) {
      const end = text.indexOf('-->', open + 4)
      return end < 0 ? -1 : end + 3
    }
    if (text.startsWith('<![CDATA[', open)) {
      const end = text.indexOf(']]>', open)
      if (end < 0) return -1
      if (this.#handler.wants_text) this.#handler.text(text.slice(open + 9, end))
      return end + 3
    }
    if (text.length - open < 9 && ('<![CDATA['.startsWith(text.slice(open)) || '<!--'.startsWith(text.slice(open)))) return -1
    throw entity()
  }
}

/** A '>' counts only outside quotes. One pass, so that quoted '>' by the million cost no more than other text. */
function tagEnd(text: string, from: number): number {
  let quote = 0
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (quote !== 0) {
      if (code === quote) quote = 0
    } else if (code === 0x3e) {
      return i
    } else if (code === 0x22 || code === 0x27) {
      quote = code
    }
  }
  return -1
}

const localName = (name: string): string => {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}

/** The value of one attribute by its local name, entities decoded; undefined when absent. */
export function attribute(attributes: string, name: string): string | undefined {
  let at = 0
  for (;;) {
    at = attributes.indexOf(name, at)
    if (at < 0) return undefined
    const before = attributes.charCodeAt(at - 1)
    let i = at + name.length
    at = i
    if (before !== 0x20 && before !== 0x3a && before !== 0x0a && before !== 0x0d && before !== 0x09) continue
    while (attributes.charCodeAt(i) <= 0x20) i++
    if (attributes.charCodeAt(i) !== 0x3d) continue
    i++
    while (attributes.charCodeAt(i) <= 0x20) i++
    const quote = attributes.charAt(i)
    if (quote !== '"' && quote !== "'") continue
    const end = attributes.indexOf(quote, i + 1)
    if (end < 0) return undefined
    return decodeEntities(attributes.slice(i + 1, end))
  }
}

export const flag = (attributes: string, name: string): boolean => {
  const value = attribute(attributes, name)
  return value === '1' || value === 'true'
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&([^;&\s]{0,40});?/g, (whole, body: string) => {
    const known = NAMED[body]
    if (known !== undefined) return known
    const number = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(body)
    if (number === null || !whole.endsWith(';')) throw entity()
    const code = number[1] === undefined ? Number(number[2]) : parseInt(number[1], 16)
    if (code > 0x10ffff) throw entity()
    return String.fromCodePoint(code)
  })
}

/** Excel writes characters that XML cannot hold as _xHHHH_. */
export function decodeEscapes(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9a-fA-F]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

// oxlint-disable-next-line no-control-regex -- these are the characters to be found
const UNWRITABLE = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** For text and for attributes in double quotes. The inverse of `decodeEscapes(decodeEntities(x))` for every string. */
export function escapeXml(text: string): string {
  let out = text
  if (out.includes('_x')) out = out.replace(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_')
  out = out.replace(UNWRITABLE, (c) => `_x${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
  return /[&<>"]/.test(out) ? out.replace(/[&<>"]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&quot;')) : out
}

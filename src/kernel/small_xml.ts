// Small XML as devices send it (cameras, GB/T 28181): GB2312, GB18030 or UTF-8, read without entities of its own, without attributes that matter, and with bounds.
export interface Node {
  name: string
  text: string
  children: Node[]
}
const DEPTH_MAX = 8
const NODES_MAX = 20_000
const TEXT_MAX = 512
const TOKEN = /<(\/?)([A-Za-z_][\w.:-]{0,60})([^<>]{0,2000}?)(\/?)>|([^<]+)/gs
const ENTITY: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const plain = (s: string): string => s.replace(/&(?:#(\d{1,6})|#x([0-9a-fA-F]{1,5})|(\w{2,4}));/g, (all, d: string | undefined, x: string | undefined, n: string | undefined) => {
  const code = d ? Number(d) : x ? Number.parseInt(x, 16) : NaN
  if (Number.isFinite(code)) return code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  return ENTITY[n ?? ''] ?? all
})
/** Characters by what the heading says; without a word, by what they are: half the makers write the one and send the other. */
export function textOf(body: Buffer): string {
  const head = body.toString('latin1', 0, 120)
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  if (/encoding\s*=\s*["']utf-?8["']/i.test(head) || !/encoding/i.test(head)) {
    try {
      return utf8.decode(body)
    } catch {
      // Said UTF-8 and is not.
    }
  }
  return new TextDecoder('gb18030').decode(body)
}
/** The root; null for what is no XML of this kind. */
export function readXml(body: Buffer): Node | null {
  const text = textOf(body).replace(/^\uFEFF/, '').replace(/<\?[^>]{0,300}\?>/g, '').replace(/<!--[\s\S]{0,5000}?-->/g, '')
  // No document types: nobody sends one who means well.
  if (/<!/.test(text)) return null
  const root: Node = { name: '', text: '', children: [] }
  const open: Node[] = [root]
  let count = 0
  for (const [, close, name, , self, words] of text.matchAll(TOKEN)) {
    const top = open.at(-1)!
    if (words !== undefined) {
      if (top.text.length < TEXT_MAX) top.text += plain(words).slice(0, TEXT_MAX)
      continue
    }
    if (close) {
      if (open.length < 2 || top.name !== name) return null
      open.pop()
      continue
    }
    if (++count > NODES_MAX || open.length > DEPTH_MAX) return null
    const node: Node = { name: name!, text: '', children: [] }
    top.children.push(node)
    if (!self) open.push(node)
  }
  if (open.length !== 1 || root.children.length !== 1) return null
  return trimmed(root.children[0]!)
}
function trimmed(n: Node): Node {
  return { name: n.name, text: n.text.trim(), children: n.children.map(trimmed) }
}
export const child = (n: Node | undefined, name: string): Node | undefined => n?.children.find((k) => k.name === name)
export const value = (n: Node | undefined, name: string): string => child(n, name)?.text ?? ''
export const count = (n: Node | undefined, name: string): number | null => {
  const v = value(n, name)
  return /^\d{1,6}$/.test(v) ? Number(v) : null
}

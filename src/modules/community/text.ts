// The text of notices: `# ` begins a heading, `- ` an item, `**…**` is strong, every other line is a paragraph. Nothing else is formatting, so nothing can do harm.
export interface Piece {
  text: string
  strong: boolean
}
export interface Block {
  kind: 'heading' | 'item' | 'paragraph'
  pieces: Piece[]
}
const piecesOf = (line: string): Piece[] => line.split(/\*\*(.+?)\*\*/).map((text, i) => ({ text, strong: i % 2 === 1 })).filter((p) => p.text !== '')
export function blocksOf(body: string): Block[] {
  return body.split(/\r?\n/).map((l) => l.trim()).filter((l) => l !== '').map((l) => {
    if (/^#{1,3} /.test(l)) return { kind: 'heading', pieces: piecesOf(l.replace(/^#{1,3} /, '')) }
    return /^[-*] /.test(l) ? { kind: 'item', pieces: piecesOf(l.slice(2)) } : { kind: 'paragraph', pieces: piecesOf(l) }
  })
}
const plainOf = (b: Block): string => b.pieces.map((p) => p.text).join('')
/** For paper: a line a block. */
export const linesOf = (body: string): string[] => blocksOf(body).map((b) => `${b.kind === 'item' ? '• ' : ''}${plainOf(b)}`)
/** The first words, for lists and messages. */
export function leadOf(body: string, max = 60): string {
  const all = blocksOf(body).map(plainOf).join(' ')
  const chars = [...all]
  return chars.length <= max ? all : `${chars.slice(0, max).join('')}…`
}

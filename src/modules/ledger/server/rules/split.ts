// Lines of several books become one journal a book. What a book lacks stands on its clearing account towards the journal's own book, and
// the opposite there, community by community: so no journal crosses books, and what one book owes another can be read in both.
import type { BookName } from '../../contract.ts'
import { CLEARING } from '../chart.ts'
import type { PostingLine } from '../post.ts'

export interface Part {
  book: BookName
  lines: PostingLine[]
}

/** The journal's own book comes first when it has a line. The lines of a journal sum to zero; so do those of each part. */
export function splitBooks(own: BookName, lines: readonly PostingLine[]): Part[] {
  const by = Map.groupBy(lines, (l) => l.book ?? own)
  if (by.size === 1) return [...by].map(([book, own_lines]) => ({ book, lines: [...own_lines] }))
  const parts = new Map<BookName, PostingLine[]>([[own, [...(by.get(own) ?? [])]]])
  for (const [book, own_lines] of [...by].filter(([b]) => b !== own).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const left = new Map<string | null, number>()
    for (const l of own_lines) left.set(l.community_id ?? null, (left.get(l.community_id ?? null) ?? 0) + l.amount_fen)
    const owed = [...left].filter(([, fen]) => fen !== 0)
    parts.set(book, [...own_lines, ...owed.map(([community_id, fen]) => ({ account_code: CLEARING[own], amount_fen: -fen, community_id }))])
    parts.get(own)!.push(...owed.map(([community_id, fen]) => ({ account_code: CLEARING[book], amount_fen: fen, community_id })))
  }
  return [...parts].filter(([, l]) => l.length > 0).map(([book, l]) => ({ book, lines: l }))
}

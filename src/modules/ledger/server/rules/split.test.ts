import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BOOKS } from '../../contract.ts'
import { CLEARING } from '../chart.ts'
import type { PostingLine } from '../post.ts'
import { splitBooks } from './split.ts'

it('gives journals that each sum to zero, whose clearing accounts cancel out, and loses no line', () => {
  const line = fc.record({ book: fc.option(fc.constantFrom(...BOOKS), { nil: undefined }), account_code: fc.constantFrom('1001', '1122', '2203'), amount_fen: fc.integer({ min: -1000, max: 1000 }).filter((n) => n !== 0), community_id: fc.constantFrom('a', 'b', null) })
  fc.assert(
    fc.property(fc.constantFrom(...BOOKS), fc.array(line, { minLength: 1, maxLength: 12 }), (own, some) => {
      const sum = some.reduce((n, l) => n + l.amount_fen, 0)
      const lines = [...some, ...(sum === 0 ? [] : [{ account_code: '1001', amount_fen: -sum, community_id: null }])] as PostingLine[]
      const parts = splitBooks(own, lines)
      const isClearing = (l: PostingLine) => l.account_code.startsWith('3001')
      for (const p of parts) expect(p.lines.reduce((n, l) => n + l.amount_fen, 0)).toBe(0)
      expect(parts.flatMap((p) => p.lines).filter((l) => !isClearing(l))).toHaveLength(lines.length)
      for (const p of parts.filter((x) => x.book !== own))
        for (const community_id of ['a', 'b', null]) {
          const of = (list: PostingLine[], code: string) => list.filter((l) => l.account_code === code && (l.community_id ?? null) === community_id).reduce((n, l) => n + l.amount_fen, 0)
          expect(of(p.lines, CLEARING[own]) + of(parts.find((x) => x.book === own)?.lines ?? [], CLEARING[p.book])).toBe(0)
        }
      expect(parts.flatMap((p) => p.lines).every((l) => l.amount_fen !== 0)).toBe(true)
    }),
  )
})

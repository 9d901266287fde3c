// Two versions line by line: the longest common run of lines stays, the rest was taken away or added (Hunt and McIlroy, by table: at most 400 lines a side).
import type { DiffLine } from '../../contract.ts'

const linesOf = (body: string): string[] => body.split(/\r?\n/).map((l) => l.trimEnd()).filter((l) => l.trim() !== '')
export function compareText(older: string, newer: string): DiffLine[] {
  const [a, b] = [linesOf(older), linesOf(newer)]
  // longest[i][j]: how many lines of a from i and b from j are common.
  const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) longest[i]![j] = a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!)
  const out: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { out.push({ sign: ' ', text: a[i]! }); i++; j++ }
    else if (i < a.length && (j === b.length || longest[i + 1]![j]! >= longest[i]![j + 1]!)) out.push({ sign: '-', text: a[i++]! })
    else out.push({ sign: '+', text: b[j++]! })
  }
  return out
}

import { expect, test } from 'vitest'
import { blocksOf, leadOf, linesOf } from './text.ts'

test('headings, items, strong words and paragraphs; everything else is words', () => {
  expect(blocksOf('# 停水\n\n因 **水箱清洗** 停水\n- 储水\n<script>x</script>').map((b) => [b.kind, b.pieces])).toEqual([
    ['heading', [{ text: '停水', strong: false }]], ['paragraph', [{ text: '因 ', strong: false }, { text: '水箱清洗', strong: true }, { text: ' 停水', strong: false }]], ['item', [{ text: '储水', strong: false }]], ['paragraph', [{ text: '<script>x</script>', strong: false }]],
  ])
  expect(linesOf('# 停水\n- **储水**')).toEqual(['停水', '• 储水'])
  expect([leadOf('短'), leadOf('甲'.repeat(70)).length, leadOf('𠮷'.repeat(3), 2)]).toEqual(['短', 61, '𠮷𠮷…'])
})

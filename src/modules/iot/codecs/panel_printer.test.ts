// The printer line of a fire panel: the published capture of a GST9000, byte by byte, and the words of others.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cutPrinted, linesOf, readPrinted } from './panel_printer.ts'

const FIRST = '1B3630382F31322F30322020 31373A32340A20 203030342D3030340A1B39CAD7B4CEBBF0BEAF0AC8B9C2A5D2BBB2E3C9CFBFD50AB8D0D1CCCCBDB2E2C6F70A0A'
const NEXT = '1B3630382F31322F30322020 31373A32310A20203030362D3030370A1B39BBF0BEAFBAF3D0F80AD6D0D1CCC1F9B2E3BCC6BBAEB2BF0AB8D0D1CCCCBDB2E2C6F70A0A'
const RESET = '1B3630382F31322F3032202031373A32350A20200A1B39CFB5CDB3B8B4CEBB0A0A'
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
/** As a stream: whatever the pieces, the records are the same; what stands at the end is a record when nothing follows. */
function records(all: Uint8Array, sizes: readonly number[] = []): string[][] {
  const out: string[][] = []
  let left: Uint8Array = new Uint8Array(0)
  let at = 0
  for (let n = 0; at < all.length; n++) {
    const to = Math.min(all.length, at + (sizes[n % Math.max(1, sizes.length)] ?? all.length))
    left = Uint8Array.from([...left, ...all.subarray(at, to)])
    at = to
    for (let p = cutPrinted(left); p.record; p = cutPrinted(left)) {
      left = p.rest
      out.push(linesOf(p.record))
    }
  }
  return [...out, linesOf(left)].filter((l) => l.length > 0)
}
it('reads the published capture', () => {
  const got = records(bytes(FIRST + NEXT + RESET)).map((l) => readPrinted(l))
  expect(got).toEqual([
    [{ key: 'print.4-4', text: '裙楼一层上空 感烟探测器(4-4)', manual: false, says: ['fire'], at_text: '2008-12-02 17:24:00' }],
    [{ key: 'print.6-7', text: '中烟六层计划部 感烟探测器(6-7)', manual: false, says: ['fire'], at_text: '2008-12-02 17:21:00' }],
    [{ key: 'print.reset', text: expect.any(String), manual: false, says: ['reset'], at_text: '2008-12-02 17:25:00' }],
  ])
})
it('gives the same records however the bytes come', () => {
  const all = bytes(FIRST + NEXT + RESET + FIRST)
  const whole = records(all)
  expect(whole).toHaveLength(4)
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), (sizes) => { expect(records(all, sizes)).toEqual(whole) }))
})
it('an empty line ends a record of a panel that begins none with a command, whatever its line ends are', () => {
  const plain = (eol: string): string[][] => records(new TextEncoder().encode(['fire 001-002', '1st floor', '', 'fault 001-003', '', ''].join(eol)))
  for (const eol of ['\n', '\r\n']) expect([eol, plain(eol)]).toEqual([eol, [['fire 001-002', '1st floor'], ['fault 001-003']]])
  // One that has not ended yet waits for its rest.
  expect(cutPrinted(new TextEncoder().encode('fire 001-002\n')).record).toBeNull()
})
const gbk = (text: string): string[] => text.split('\n')
it.each([
  ['2026-11-27 08:30:15 火警 1-12-3 3栋电梯前室 手动报警按钮', { says: ['fire'], manual: true, key: 'print.1-12-3', at_text: '2026-11-27 08:30:15' }],
  ['故障 002-015 2栋走廊 感烟', { says: ['fault'], key: 'print.2-15' }], ['故障恢复 002-015 2栋走廊 感烟', { says: ['normal'], key: 'print.2-15' }],
  ['屏蔽 002-016 车库', { says: ['shield'] }], ['屏蔽解除 002-016 车库', { says: ['normal'] }], ['取消屏蔽 002-016 车库', { says: ['normal'] }],
  ['主电故障', { says: ['power'] }], ['主电恢复', { says: ['normal'] }], ['喷淋泵 启动 005-001', { says: ['start'] }], ['模拟火警 001-001', { says: ['supervise'] }], ['消防泵启动按钮 火警 003-002', { says: ['fire'] }],
])('%s', (text, is) => expect(readPrinted(gbk(text))).toMatchObject([is]))
it('several reports in one record are several; what says nothing is nothing', () => {
  expect(readPrinted(gbk('火警 001-002 1栋\n故障 001-003 1栋')).map((o) => [o.key, o.says[0]])).toEqual([['print.1-2', 'fire'], ['print.1-3', 'fault']])
  expect(readPrinted(['开机自检 打印机正常'])).toEqual([])
  expect(readPrinted(['2026-11-27 08:00'])).toEqual([])
})
it('never throws, and what is not a state gives none', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (b) => { for (const l of records(b)) readPrinted(l) }), { numRuns: 1000 })
})

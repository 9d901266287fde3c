// What is said to a Vzenith camera about its white list: no empty plate ever gets into a delete, because that clears the whole list (devices.md, H9).
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { plateFor, type ListDelta } from './dialect.ts'
import { answerVzenith } from './vzenith.ts'

interface Sent { Response_AlarmInfoPlate: { white_list_operate?: { operate_type: number; white_list_data: { plate: string }[] } } }
const sent = (list: ListDelta) => (answerVzenith({ open: false, list }) as unknown as Sent).Response_AlarmInfoPlate.white_list_operate

it('a plate that is none cannot be named', () => {
  for (const none of ['', ' ', '·', '_无_', '无', '未识别', 'unknown', '%', '*', '川A']) expect([none, plateFor(none)]).toEqual([none, null])
  fc.assert(fc.property(fc.string({ maxLength: 14, unit: 'grapheme' }), (text) => { expect(plateFor(text)).not.toBe('') }))
})
it('a removal names its plates, and an empty one does not compile', () => {
  expect(sent({ remove: [plateFor('川A12345')!] })).toEqual({ operate_type: 1, white_list_data: [{ plate: '川A12345', enable: 0, need_alarm: 0 }] })
  // @ts-expect-error: nothing to remove is no removal
  const nothing: ListDelta = { remove: [] }
  // @ts-expect-error: a text is no plate
  const text: ListDelta = { remove: [''] }
  expect([nothing, text]).toHaveLength(2)
})

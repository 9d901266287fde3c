import { beforeAll, expect, test } from 'vitest'
import { applied, previewed, problemsOf, table, undone } from '../../../../tests/import_kit.ts'
import { testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { parking } from '../contract.ts'

let t: TestApp
let w: TinyWorld
const kind = 'parking.permits'
const HEAD = ['停车场', '车牌号', '车位类型', '房号', '车主', '手机', '车位数', '卡号', '到期日']
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('admin')(parking.saveLot, { building_id: w.buildings['P1']!, name: '地库', belongs_to: 'public_income', retired: false })
})

test('a file of vehicles becomes permits, is said where it is wrong, and is taken back', async () => {
  const admin = t.as('admin')
  const bad = await previewed(t, { kind, community_id: w.community_id, bytes: await table(HEAD, [['地库', '陕C12345', '租用车位', '', '王秀兰', '', '', '', ''], ['东库', '陕C22222', '免费车', '', '李四', '138', '', '', ''], ['地库', '##', '包年', '9-9-999', '赵六', '', '', '', '']]) })
  expect(await problemsOf(t, bad.import_id)).toEqual(expect.arrayContaining([
    '2 房号: 产权车位和租用车位要填房号', '3 手机: 应为 11 位手机号', '4 车牌号: 「##」不像车牌,请核对', expect.stringContaining('4 车位类型: 「包年」不在可选范围'),
  ]))
  const d = await applied(t, { kind, community_id: w.community_id, bytes: await table(HEAD, [['地库', '陕C·12345、陕cd12346', '租用车位', '1-1-101', '张三', '13800000101', '1', 'K01', '2099-01-01'], ['地库', '陕C54321', '免费车', '', '社区医生', '', '', '', '']]) })
  expect(await problemsOf(t, d.import_id)).toEqual([])
  const rows = (await admin(parking.permits, {})).rows
  expect(rows.find((r) => r.holder_name === '张三')).toMatchObject({ kind: 'lease', plates: ['陕C12345', '陕CD12346'], places: 1, house_label: '1-1-101', card_no: 'K01', to_on: '2099-01-01', state: 'live', holds: true })
  const again = await previewed(t, { kind, community_id: w.community_id, bytes: await table(HEAD, [['地库', '陕C54321', '免费车', '', '别人', '', '', '', ''], ['东库', '陕C77777', '免费车', '', '某人', '', '', 'K01', '']]) })
  expect(await problemsOf(t, again.import_id)).toEqual(expect.arrayContaining([expect.stringContaining('陕C54321 已在「社区医生」名下'), expect.stringContaining('没有车场「东库」'), expect.stringContaining('卡号已由「张三」使用')]))
  await undone(t, d.import_id)
  expect((await admin(parking.permits, { state: 'live' })).total).toBe(0)
  expect((await admin(parking.permits, { state: 'ended' })).total).toBe(2)
})

import { beforeAll, expect, test } from 'vitest'
import { applied, community, digest, previewed, problemsOf, rowsOf, table, undone } from '../../../../tests/import_kit.ts'
import { testApp, type TestApp } from '../../../../tests/harness.ts'
import { property } from '../contract.ts'

let t: TestApp
const kind = 'property.areas'
beforeAll(async () => {
  t = await testApp()
})

test('areas are made, changed and taken back', async () => {
  const community_id = await community(t.as('admin'), '绿化小区')
  const before = await digest(t)
  const head = ['分类', '设施名称', '数量', '单位', '面积(㎡)', '状态']
  const d = await applied(t, { kind, community_id, bytes: await table(head, [['绿化', '草坪', '1', '片', '1,200㎡', '正常'], ['照明', '路灯', '36盏', '盏', '', '']].map((r) => (r[2] === '36盏' ? [...r.slice(0, 2), '36', ...r.slice(3)] : r))) })
  expect(await problemsOf(t, d.import_id)).toEqual([])
  expect((await t.as('admin')(property.publicAreas, { community_id })).rows.map((a) => [a.category, a.name, a.quantity, a.unit_name, a.area_m2, a.state])).toEqual([['照明', '路灯', '36.00', '盏', null, 'normal'], ['绿化', '草坪', '1.00', '片', '1200.00', 'normal']])
  const made = await digest(t)
  const e = await applied(t, { kind, community_id, bytes: await table(head, [['绿化', '草坪', '', '', '1300', '维修中']]) })
  expect((await rowsOf(t, e.import_id))[0]).toMatchObject({ effect: 'change', changes: [{ zh: '面积', before: '1200.00', after: '1300.00' }, { zh: '状态', before: '正常', after: '维修中' }] })
  await undone(t, e.import_id)
  expect(await digest(t)).toBe(made)
  await undone(t, d.import_id)
  expect(await digest(t)).toBe(before)
})

test('what is wrong is said by row', async () => {
  const community_id = await community(t.as('admin'), '绿化小区二')
  const d = await previewed(t, { kind, community_id, bytes: await table(['类别', '名称', '数量', '状态'], [['绿化', '', '1', ''], ['绿化', '树', '许多', '坏了'], ['绿化', '花', '1', ''], ['绿化', '花', '2', '']]) })
  expect(await problemsOf(t, d.import_id)).toEqual([
    '2 名称: 名称是空的,请填写;如是多余的行请删去',
    '3 数量: 「许多」不是数字，请只填数字，例如 98.50',
    '3 状态: 「坏了」不在可选范围,请改为:正常、维修中、停用',
    '4 名称: 与第 5 行重复,请合并成一行或删去多余的',
    '5 名称: 与第 4 行重复,请合并成一行或删去多余的',
  ])
})

import { beforeAll, expect, test } from 'vitest'
import { applied, community, previewed, problemsOf, rowsOf, table, undone } from '../../../../tests/import_kit.ts'
import { testApp, type TestApp } from '../../../../tests/harness.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { property } from '../../property/contract.ts'
import { system } from '../../system/contract.ts'
import { createMeters } from './index.ts'

let t: TestApp
let community_id: string
const KIND = 'meters.readings'
beforeAll(async () => {
  t = await testApp()
  community_id = await community(t.as('admin'), '抄表小区')
  await applied(t, { community_id, bytes: await table(['房号', '建筑面积'], [['1-1-101', '90'], ['1-1-102', '90']]) })
  const houses = new Map((await t.as('admin')(property.houses, { community_id })).rows.map((h) => [h.label, h.house_id]))
  const meter = (label: string, kind: 'water' | 'electricity', no: string) => ({ house_id: houses.get(label)!, kind, no, multiplier: '1', start_reading: '100', installed_on: '2020-01-01' })
  await t.inside((s) => createMeters(s, [meter('1-1-101', 'water', 'W101'), meter('1-1-101', 'electricity', 'E101'), meter('1-1-102', 'water', 'W102')]))
})

test('the template holds the meters; readings go in, the same file again is the same, undo takes them out', async () => {
  const file = (await t.as('admin')(system.importTemplate, { kind: KIND, community_id })) as { body: Buffer }
  const sheet = (await readSheets(file.body, 'x.xlsx')).sheets[0]!
  expect(sheet.rows.slice(1).map((r) => r.cells.slice(0, 4).map((c) => c.text))).toEqual([['1-1-101', '电表', 'E101', '100'], ['1-1-101', '水表', 'W101', '100'], ['1-1-102', '水表', 'W102', '100']])
  const head = ['房号', '水表号', '表类型', '上期读数', '本期读数', '抄表日期']
  const bytes = await table(head, [['1栋1单元101', '', '水表', '100', '123.5', '2024-01-25'], ['', 'E101', '', '', '200', '2024年1月25日'], ['1-1-102', '', '', '100', '', '2024-01-25']])
  const d = await applied(t, { kind: KIND, community_id, bytes })
  expect(await problemsOf(t, d.import_id)).toEqual([])
  expect(d.view).toMatchObject({ state: 'applied', counts: { new: 2 } })
  const again = await previewed(t, { kind: KIND, community_id, bytes })
  expect(again.view.counts).toMatchObject({ new: 0, same: 2 })
  expect((await undone(t, d.import_id)).state).toBe('undone')
  const back = await previewed(t, { kind: KIND, community_id, bytes })
  expect(back.view.counts).toMatchObject({ new: 2, same: 0 })
})

test('what is wrong is said by row', async () => {
  const d = await previewed(t, {
    kind: KIND, community_id,
    bytes: await table(['房号', '表号', '表种', '读数', '抄表日期', '月份'], [
      ['1-1-101', '', '', '150', '', '2024-02'],
      ['1-1-999', '', '水表', '150', '', '2024-02'],
      ['1-1-102', 'W101', '', '150', '', '2024-02'],
      ['', 'W102', '', '50', '', '2024.2'],
      ['1-1-102', '', '煤油表', '150', '', '2024-02'],
      ['1-1-102', '', '水', '120', '2124-02-01', ''],
      ['1-1-101', '', '水', '150', '', '二月'],
    ]),
  })
  expect(await problemsOf(t, d.import_id)).toEqual([
    '2 表种: 1-1-101 有 2 块表,请填写表种或表号',
    '3 房号: 1-1-999 没有登记水表,请核对房号,或先登记这块表',
    '4 房号: 表号「W101」登记在 1-1-101,与文件中的 1-1-102 不一致,请核对',
    '5 读数: 1-1-102 表「W102」本次读数 50 小于上次 100;如表盘走满归零,请勾选「过零」;如换了表,请先做「换表」;如上次抄错,请先更正上次',
    '6 表种: 「煤油表」不是表种,请改为:水表、电表、燃气表、热表',
    '6 读数: 与第 5 行是同一块表的同一个月,请只留一行',
    '7 抄表日期: 抄表日 2124-02-01 不合理:不能晚于今天,也不能早于上次抄表日 2020-01-01',
    '8 月份: 「二月」不是月份,请写成 2024-01',
  ])
  expect((await rowsOf(t, d.import_id)).every((r) => r.effect === null)).toBe(true)
})

test('undo is refused when a later reading stands on it', async () => {
  const one = (month: string, reading: string) => table(['表号', '读数', '月份'], [['W102', reading, month]])
  const first = await applied(t, { kind: KIND, community_id, bytes: await one('2024-03', '130') })
  await applied(t, { kind: KIND, community_id, bytes: await one('2024-04', '140') })
  expect(await undone(t, first.import_id)).toMatchObject({ state: 'applied', error: '第 2 行 1-1-102 表「W102」 之后又抄了新的读数,请先处理较新的读数,整个导入不能撤销,没有改动任何数据' })
})

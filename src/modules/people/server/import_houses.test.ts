import { beforeAll, describe, expect, test } from 'vitest'
import { applied, community, digest, previewed, problemsOf, rowsOf, table, undone } from '../../../../tests/import_kit.ts'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { property } from '../../property/contract.ts'
import { system } from '../../system/contract.ts'
import { people } from '../contract.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
let n = 0
const place = (): Promise<string> => community(t.as('admin'), `小区${++n}`)
const HEAD = ['楼栋', '单元', '房号', '建筑面积', '业主', '联系电话', '车牌号', '交房时间']

describe('an import of houses and owners', () => {
  test('makes buildings, houses, owners, vehicles; undo leaves nothing of it', async () => {
    const community_id = await place()
    const before = await digest(t)
    const bytes = await table(HEAD, [
      ['1', '1', '101', '98.5', '张三、李四', '13800138000、13900139000', '陕C12345', '2024-01-05'],
      ['1', '1', '102', '98.5', '王五', '13700137000', '', '2024.1.5'],
      ['2', '1', '101', '120', '', '', '', ''],
    ])
    const d = await applied(t, { community_id, bytes })
    expect(await problemsOf(t, d.import_id)).toEqual([])
    expect(d.view).toMatchObject({ state: 'applied', row_count: 3, bad_count: 0, counts: { new: 3, change: 0, same: 0 } })
    expect(d.view.summary).toEqual(['将新建楼栋 1(2 户)、2(1 户)', '有 1 户没有业主,入库后缴费责任为空,可以再补'])
    const { rows } = await t.as('admin')(property.houses, { community_id })
    expect(rows.map((r) => [r.label, r.built_area_m2, r.state, r.owner_names, r.delivered_on])).toEqual([
      ['1-1-101', '98.50', 'lived_in', '张三、李四', '2024-01-05'],
      ['1-1-102', '98.50', 'lived_in', '王五', '2024-01-05'],
      ['2-1-101', '120.00', 'vacant', '', null],
    ])
    expect((await t.as('admin')(people.vehicles, { community_id })).rows.map((v) => v.plate)).toEqual(['陕C12345'])
    expect((await undone(t, d.import_id)).state).toBe('undone')
    expect(await digest(t)).toBe(before)
  })

  test('the same file again changes nothing; another one says what it will change, and undo restores it', async () => {
    const community_id = await place()
    const first = [['3', '1', '301', '80', '赵六', '13600136000', '', '2023-05-01'], ['3', '1', '302', '81', '钱七', '13600136001', '', '']]
    await applied(t, { community_id, bytes: await table(HEAD, first) })
    const again = await previewed(t, { community_id, bytes: await table(HEAD, first) })
    expect(again.view.counts).toMatchObject({ new: 0, change: 0, same: 2 })
    await expectRefused(t.as('admin')(system.applyImport, { import_id: again.import_id }), 'system.import_empty')
    const before = await digest(t)
    const other = await applied(t, { community_id, bytes: await table(HEAD, [['3', '1', '301', '80.5', '赵六', '13600136999', '陕C00001', ''], ['3', '1', '302', '', '', '', '', '2024-02-01']]) })
    const rows = await rowsOf(t, other.import_id)
    expect(rows.map((r) => [r.effect, r.changes])).toEqual([
      ['change', [{ zh: '建筑面积', before: '80.00', after: '80.50' }, { zh: '赵六 电话', before: '136****6000', after: '13600136999' }, { zh: '车牌', before: '空', after: '陕C00001' }]],
      ['change', [{ zh: '交付日期', before: '空', after: '2024-02-01' }]],
    ])
    expect(other.view.state).toBe('applied')
    expect((await t.as('admin')(people.persons, { q: '13600136999' })).rows.map((p) => p.name)).toEqual(['赵六'])
    await undone(t, other.import_id)
    expect(await digest(t)).toBe(before)
  })

  test('undo is refused when something stands on a row, and nothing is undone', async () => {
    const community_id = await place()
    const d = await applied(t, { community_id, bytes: await table(HEAD, [['4', '1', '401', '80', '孙八', '13500135000', '', '2023-05-01'], ['4', '1', '402', '80', '', '', '', '']]) })
    const house = (await t.as('admin')(property.houses, { community_id })).rows[0]!
    await t.as('admin')(property.setHouseState, { house_ids: [house.house_id], state: 'renovating', reason: '业主装修' })
    const before = await digest(t)
    const after = await undone(t, d.import_id)
    expect(after).toMatchObject({ state: 'applied', error: '第 2 行 4-1-401 入库后房产、业主、租户或车辆又有改动,整个导入不能撤销,没有改动任何数据' })
    expect(await digest(t)).toBe(before)
  })

  test('undo is refused when bills exist', async () => {
    const community_id = await place()
    const d = await applied(t, { community_id, bytes: await table(HEAD, [['5', '1', '501', '80', '周九', '13500135001', '', '2023-05-01']]) })
    const house = (await t.as('admin')(property.houses, { community_id })).rows[0]!
    await bill(house)
    const after = await undone(t, d.import_id)
    expect(after).toMatchObject({ state: 'applied', error: '第 2 行 5-1-501 已有账单,整个导入不能撤销,没有改动任何数据' })
  })

  test('undo of an import under a later one is refused, naming it', async () => {
    const community_id = await place()
    const first = await applied(t, { community_id, bytes: await table(HEAD, [['6', '1', '601', '80', '', '', '', '']]) })
    const later = await applied(t, { community_id, name: '更正.xlsx', bytes: await table(HEAD, [['6', '1', '601', '88', '', '', '', '']]) })
    const r = await expectRefused(t.as('admin')(system.undoImport, { import_id: first.import_id }), 'system.import_not_latest')
    expect(r.message).toBe('第 2 行的数据在之后的导入「更正.xlsx」里又被改过,请先撤销那一次')
    await undone(t, later.import_id)
    expect((await undone(t, first.import_id)).state).toBe('undone')
  })

  test('one bad row stops the whole file', async () => {
    const community_id = await place()
    const before = await digest(t)
    const d = await previewed(t, { community_id, bytes: await table(HEAD, [['7', '1', '701', '80', '', '', '', ''], ['7', '1', '702', '八十', '', '', '', '']]) })
    await expectRefused(t.as('admin')(system.applyImport, { import_id: d.import_id }), 'system.import_has_bad_rows')
    expect(await digest(t)).toBe(before)
  })

  test('the preview is looked up again before writing', async () => {
    const community_id = await place()
    const d = await previewed(t, { community_id, bytes: await table(HEAD, [['8', '1', '801', '80', '', '', '陕C88888', '']]) })
    const other = await applied(t, { community_id: await place(), bytes: await table(HEAD, [['9', '1', '901', '80', '', '', '陕C88888', '']]) })
    expect(other.view.state).toBe('applied')
    const before = await digest(t)
    await t.as('admin')(system.applyImport, { import_id: d.import_id })
    await t.drain()
    const view = await t.as('admin')(system.import, { import_id: d.import_id })
    expect(view.state).toBe('previewed')
    expect(view.error).toContain('预览之后数据有了变化:第 2 行「车牌」陕C88888 已登记在 9-1-901')
    expect(await digest(t)).toBe(before)
  })
})

async function bill(house: { house_id: string; community_id: string; building_id: string }): Promise<void> {
  const { asOwner } = await import('../../../kernel/db.ts')
  await asOwner(t.url, async (c) => {
    const id = (await c.query<{ id: string }>('select gen_random_uuid() as id')).rows[0]!.id
    await c.query(`insert into billing.run (company_id, run_id, community_id, period_on, fee_item_ids, state, created_by, created_at, published_at) values ($1, $2, $3, '2026-01-01', '{}', 'published', $2, now(), now())`, [t.company_id, id, house.community_id])
    await c.query(
      `insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, amount_fen, issued_on, due_on)
       values ($1, '2026-01-01', gen_random_uuid(), $3, $4, $5, $2, $2, $2, '2026-01-01', '2026-02-01', $2, 'area', 1, 1, 100, '2026-01-01', '2026-02-01')`,
      [t.company_id, id, house.community_id, house.building_id, house.house_id],
    )
  })
}

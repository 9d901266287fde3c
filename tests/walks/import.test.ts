// From a company's Excel to the register, in a browser: a messy sheet is uploaded, its columns found, its bad rows named; put right, it goes
// in whole, and can be taken back.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { writeSheet } from '../../src/kernel/sheet/index.ts'
import { property } from '../../src/modules/property/contract.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let dir: string
beforeAll(async () => {
  s = await stage()
  dir = mkdtempSync(join(tmpdir(), 'heyuan-walk-'))
  return () => rmSync(dir, { recursive: true, force: true })
}, 240_000)

/** Titles above the header, three spellings of a house number, two owners in one cell, an area as text with its unit. */
async function companySheet(name: string, area: string): Promise<string> {
  const file = join(dir, name)
  const columns = ['房号', '计费面积', '业主姓名', '联系电话', '交房时间'].map((title) => ({ title, kind: 'text' as const }))
  const rows = [
    ['3-1-101', '８８.50㎡', '钱一', '13900000301', '2024.3.1'],
    ['3栋1单元102', '91.2', '钱二、孙二', '13900000302、13900000303', '2024/3/1'],
    ['3号楼1单元201室', area, '钱三', '139 0000 0304', '2024年3月1日'],
  ]
  writeFileSync(file, await writeSheet({ sheets: [{ name: '业主台账', columns, rows, title_rows: ['花园小区业主台账(2026 年)', '制表:客服部'] }] }))
  return file
}

test('a bad cell keeps the whole file out and is named; the mended file goes in and can be undone', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('admin')! })
  await page.goto(`${s.base}/admin/system/imports/new`)
  await page.getByText('选择 Excel 文件').waitFor()
  const upload = async (file: string) => page.locator('input[type=file]').setInputFiles(file)
  await upload(await companySheet('bad.xlsx', '八十'))
  await page.getByRole('button', { name: '预览' }).click()
  await page.getByText('还有 1 行有错').first().waitFor()
  await page.getByText('八十').first().waitFor()
  expect(await page.getByRole('button', { name: '确认入库' }).isDisabled()).toBe(true)
  await expectAccessible(page)

  await page.goto(`${s.base}/admin/system/imports/new`)
  await page.getByText('选择 Excel 文件').waitFor()
  await upload(await companySheet('good.xlsx', '80'))
  await page.getByRole('button', { name: '预览' }).click()
  await page.getByRole('button', { name: '确认入库' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '确认入库' }).click()
  await page.getByText('已入库:新增 3 行').waitFor()
  const found = await s.t.as('manager')(property.houses, { page: 1, q: '3-1-102' })
  expect(found.rows[0]).toMatchObject({ built_area_m2: '91.20', owner_names: '钱二、孙二', delivered_on: '2024-03-01' })

  await page.getByRole('button', { name: '撤销导入' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '撤销导入' }).click()
  await page.getByText('已撤销,数据恢复到导入之前').waitFor()
  expect((await s.t.as('manager')(property.houses, { page: 1, q: '3-1-102' })).total).toBe(0)
}, 180_000)

// A contract as people press it: drafted, sent, signed with its scan, posted; a house signs; the ledger and the rate show it; the owner reads it on the phone.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { contracts } from '../../src/modules/contracts/contract.ts'
import { inForce, type Hand } from '../contracts_kit.ts'
import { PHONES } from '../tiny_world.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let boss: Hand
const PDF = { name: '签署件.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n% walk\n') }
beforeAll(async () => {
  s = await stage({ at: '2026-03-05T02:00:00.000Z' })
  boss = await s.t.hire('manager', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
}, 240_000)
const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)

test('drafted, sent, signed with its scan, posted to owners, and read by one on the phone', async () => {
  const page = await s.window({ width: 1440, token: boss.token })
  await page.goto(`${s.base}/admin/contracts/list`)
  await page.getByRole('button', { name: '起草合同' }).first().click()
  const form = page.getByRole('dialog')
  await form.getByLabel('种类').click()
  await page.getByTitle('物业服务合同', { exact: true }).click()
  await form.getByPlaceholder('如 花园小区物业服务合同').fill('花园小区物业服务合同')
  await form.getByRole('textbox', { name: '第 1 个当事人的名称' }).fill('花园小区业主大会')
  await form.getByRole('textbox', { name: '第 2 个当事人的名称' }).fill('安居物业')
  await form.getByRole('button', { name: '保存' }).click()
  await page.getByRole('heading', { name: '花园小区物业服务合同' }).waitFor()
  await page.getByRole('button', { name: '送签' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '送签' }).click()
  await page.getByRole('button', { name: '登记签署' }).click()
  // Without its paper it does not come into force, and says why.
  await page.getByRole('dialog').getByRole('button', { name: '生效' }).click()
  await page.getByText('「物业服务合同」生效须有签署件').waitFor()
  await page.getByRole('dialog').locator('input[type=file]').setInputFiles(PDF)
  await page.getByRole('dialog').getByText('签署件.pdf').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: '生效' }).click()
  await page.getByRole('button', { name: '续签' }).waitFor()
  await page.getByRole('button', { name: '公示', exact: true }).click()
  await page.getByRole('dialog').getByLabel(/公示说明/).fill('二级服务标准')
  await page.getByRole('dialog').getByRole('button', { name: '公示' }).click()
  await page.getByText('公示中').waitFor()
  await expectAccessible(page)
  await fits(page)
  const phone = await s.window({ width: 390, height: 844, face: 'resident', token: (await s.t.resident(PHONES.张三)).token })
  await phone.goto(`${s.base}/resident/contracts`)
  await phone.getByRole('region', { name: '花园小区物业服务合同' }).getByText('二级服务标准').waitFor()
  await fits(phone)
  await expectAccessible(phone)
  const link = await phone.getByRole('link', { name: '签署件' }).getAttribute('href')
  expect((await phone.request.get(new URL(link!, s.base).href)).headers()['content-type']).toContain('pdf')
})

test('a house signs the covenant: the list, the rate and the page of the house say so', async () => {
  const contract_id = await inForce(s.t, boss, s.w.community_id, { kind: 'covenant_interim', title: '花园小区临时管理规约', to_on: null })
  const page = await s.window({ width: 1440, token: boss.token })
  await page.goto(`${s.base}/admin/contracts/list/${contract_id}?tab=signing`)
  await page.getByText('应签 14 户,已签 0 户,未签 14 户').waitFor()
  await page.getByRole('row', { name: /^1-1-101/ }).getByRole('button', { name: '登记' }).click()
  const form = page.getByRole('dialog')
  expect(await form.getByLabel('签署人').inputValue()).toBe('张三')
  await form.locator('input[type=file]').setInputFiles(PDF)
  await form.getByText('签署件.pdf').waitFor()
  await form.getByRole('button', { name: '登记' }).click()
  await page.getByText('应签 14 户,已签 1 户,未签 13 户').waitFor()
  await page.getByText('签约率 7.1 %').waitFor()
  await fits(page)
  await page.goto(`${s.base}/admin/property/houses/${s.w.houses['1-1-101']}?tab=contracts`)
  await page.getByRole('row', { name: /花园小区临时管理规约/ }).getByText('2026-03-05 张三').waitFor()
  await page.goto(`${s.base}/admin/contracts/signing`)
  await page.getByRole('row', { name: /花园小区临时管理规约/ }).getByText('7.1 %').waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${s.base}/admin/contracts/list/${contract_id}?tab=signing&state=unsigned`)
  await page.getByText('1-1-102').first().waitFor()
  await fits(page)
  expect((await boss(contracts.signing, { contract_id, state: 'unsigned' })).total).toBe(13)
})

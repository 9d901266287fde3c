import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { addDays } from '../../../kernel/clock.ts'
import { identity } from '../../identity/contract.ts'
import { FILTERS_MAX, system } from '../contract.ts'
import { settingOn } from './settings.ts'

let t: TestApp
let w: TinyWorld
const KIND = { key: 'payment.receipt_title', zh: '收据标题', note: '', max: 20, otherwise: '收款收据' }
const today = () => t.inside(async (s) => s.today)
const titleOn = (on: string) => t.inside((s) => settingOn(s, KIND, w.community_id, on))
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
})

describe('settings', () => {
  const save = (value: string, from_on: string, community_id?: string) => t.as('admin')(system.saveSetting, { key: KIND.key, value, from_on, ...(community_id ? { community_id } : {}) })
  test('a day has the version in force then: the community before the company before the default', async () => {
    const on = await today()
    expect(await titleOn(on)).toBe('收款收据')
    await save('公司收据', on)
    await save('以后的收据', addDays(on, 10))
    expect(await titleOn(addDays(on, -1))).toBe('收款收据')
    expect(await titleOn(on)).toBe('公司收据')
    expect(await titleOn(addDays(on, 10))).toBe('以后的收据')
    await save('小区收据', addDays(on, 5), w.community_id)
    expect(await titleOn(addDays(on, 4))).toBe('公司收据')
    expect(await titleOn(addDays(on, 30))).toBe('小区收据')
    await save('改正的公司收据', on) // twice on a day: the later one counts
    expect(await titleOn(on)).toBe('改正的公司收据')
    const { rows } = await t.as('admin')(system.settings, {})
    expect(rows.find((r) => r.key === KIND.key)).toMatchObject({ value: '改正的公司收据', source: 'company', versions: [{ value: '以后的收据' }, { value: '改正的公司收据' }, { value: '公司收据' }] })
    const here = await t.as('admin')(system.settings, { community_id: w.community_id })
    expect(here.rows.find((r) => r.key === KIND.key)).toMatchObject({ value: '改正的公司收据', source: 'company', versions: [{ value: '小区收据' }] })
  })
  test('the past stays, the text is bounded, an unknown key and a foreign community do not exist', async () => {
    const on = await today()
    await expectRefused(save('昨天', addDays(on, -1)), 'system.setting_in_past')
    await expectRefused(save('很久以后', addDays(on, 400)), 'system.setting_too_far')
    await expectRefused(save('长'.repeat(21), on), 'system.setting_too_long')
    await expectRefused(t.as('admin')(system.saveSetting, { key: 'payment.nothing', value: '', from_on: on }), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(system.saveSetting, { key: KIND.key, value: '别家', from_on: on, community_id: w.community_id }), 'kernel.not_found')
    await expectRefused(t.as('visitor')(system.saveSetting, { key: KIND.key, value: '访客', from_on: on }), 'kernel.forbidden')
  })
  test('who has one community sets its settings and not the company\'s', async () => {
    const on = await today()
    const manager = await t.hire('manager', { scope_kind: 'community', scope_ids: [w.community_id] })
    await expectRefused(manager(system.saveSetting, { key: KIND.key, value: '全公司', from_on: on }), 'kernel.not_found')
    await manager(system.saveSetting, { key: KIND.key, value: '本小区', from_on: on, community_id: w.community_id })
  })
  test('the company\'s own name is changed with before and after in the audit; another company\'s name is taken', async () => {
    const before = await t.as('admin')(identity.companyInfo, {})
    const other = await t.as('other_admin')(identity.companyInfo, {})
    await expectRefused(t.as('admin')(identity.saveCompany, { ...before, name: other.name }), 'identity.company_name_taken')
    await t.as('admin')(identity.saveCompany, { ...before, credit_code: '91610326MA6X000000', phone: '0917-5551234' })
    expect(await t.as('admin')(identity.companyInfo, {})).toMatchObject({ credit_code: '91610326MA6X000000', phone: '0917-5551234' })
    const { rows } = await t.as('admin')(identity.audit, { call: 'identity.saveCompany', outcome: 'done' })
    expect(rows[0]?.detail).toMatchObject({ notes: [{ detail: { before: { phone: before.phone }, after: { phone: '0917-5551234' } } }] })
    await expectRefused(t.as('manager')(identity.saveCompany, { ...before }), 'kernel.forbidden')
  })
})

describe('saved filters', () => {
  const page = 'billing.bills'
  const query = [{ name: 'state', value: 'open' }]
  test('are one\'s own, named once, with one default', async () => {
    const as = t.as('cashier')
    const a = await as(system.saveFilter, { page, name: '欠费', query, is_default: true })
    await expectRefused(as(system.saveFilter, { page, name: '欠费', query, is_default: false }), 'system.filter_name_taken')
    const b = await as(system.saveFilter, { page, name: '上月', query: [{ name: 'period_on', value: '2026-10' }], is_default: true })
    expect((await as(system.filters, { page })).rows.map((r) => [r.name, r.is_default])).toEqual([['欠费', false], ['上月', true]])
    await as(system.saveFilter, { filter_id: a.filter_id, page, name: '全部欠费', query, is_default: false })
    await expectRefused(as(system.saveFilter, { filter_id: a.filter_id, page, name: '上月', query, is_default: false }), 'system.filter_name_taken')
    expect((await t.as('manager')(system.filters, { page })).rows).toEqual([])
    await expectRefused(t.as('manager')(system.removeFilter, { filter_id: a.filter_id }), 'kernel.not_found')
    await expectRefused(t.as('manager')(system.saveFilter, { filter_id: a.filter_id, page, name: '偷', query, is_default: false }), 'kernel.not_found')
    await as(system.removeFilter, { filter_id: b.filter_id })
    expect((await as(system.filters, { page })).rows.map((r) => r.name)).toEqual(['全部欠费'])
  })
  test('are bounded a list, and two of one name at once make one', async () => {
    const as = t.as('finance')
    const both = await Promise.allSettled([1, 2].map(() => as(system.saveFilter, { page, name: '同名', query, is_default: false })))
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    for (let n = 1; n < FILTERS_MAX; n++) await as(system.saveFilter, { page, name: `第 ${n} 个`, query, is_default: false })
    await expectRefused(as(system.saveFilter, { page, name: '多一个', query, is_default: false }), 'system.filters_many')
  })
})

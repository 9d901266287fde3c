// Notices in batch as a steward prints them and a payer gets one: the order of the walk, one a payer and house, a code that pays, proof of delivery.
import { readFileSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { hasPdfText, pdfText } from '../../../../tests/pdf_text.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { setClock } from '../../../kernel/clock.ts'
import { pathOf } from '../../../kernel/files.ts'
import { forms } from '../../forms/contract.ts'
import { payment } from '../../payment/contract.ts'
import { noticeToken } from '../../payment/server/index.ts'
import { system as systemCalls } from '../../system/contract.ts'
import { reminders } from '../contract.ts'

let t: TestApp
let seed: Seed
let batch_id: string
const pagesOf = (pdf: Buffer) => (pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g) ?? []).length
const at = (day: string, hour = 10): void => setClock(`${day}T${String(hour - 8).padStart(2, '0')}:00:00Z`)
const ask = (more: object = {}) => ({ community_id: seed.community_id, origin: 'https://pay.example.cn', ...more })
const as = () => t.as('steward')
async function pdfOf(id: string): Promise<Buffer> {
  const r = await t.inside((s) => s.db.selectFrom('reminders.notice_batch').select('files').where('company_id', '=', t.company_id).where('batch_id', '=', id).executeTakeFirstOrThrow())
  const f = await t.inside((s) => s.db.selectFrom('kernel.file').select('sha256').where('company_id', '=', t.company_id).where('file_id', '=', (r.files as unknown as { file_id: string }[])[0]!.file_id).executeTakeFirstOrThrow())
  return readFileSync(pathOf(t.data_dir, f.sha256))
}

beforeAll(async () => {
  t = await testApp()
  at('2026-03-01')
  seed = await t.inside((s) => seedMoney(s, { houses: 5 }))
  await t.inside(async (s) => {
    for (const i of [0, 1, 2, 3]) await seed.bill(s, i, '2026-01')
    await seed.bill(s, 0, '2026-02')
    // A tenant's bill of the same house is a paper of his own.
    await seed.bill(s, 3, '2025-12', { payer_id: seed.houses[4]!.person_id, amount_fen: 5_000 })
    // The walk goes by floor and door, not by the order of rows: the first house is at the top.
    await s.db.updateTable('property.house').set({ floor_no: 9 }).where('company_id', '=', t.company_id).where('house_id', '=', seed.houses[0]!.house_id).execute()
  })
  await t.as('cashier')(reminders.pauseHouse, { house_id: seed.houses[2]!.house_id, reason: '投诉处理中' })
})
afterEach(() => setClock(undefined))

describe('a batch', () => {
  test('is counted first, then drawn in the background, one notice a payer and house in walking order', async () => {
    at('2026-03-02')
    await expectRefused(as()(reminders.startNotices, ask({ period_from: '2025-01', period_to: '2025-02' })), 'reminders.notices_none')
    await expectRefused(as()(reminders.startNotices, ask({ due_by_on: '2026-03-01' })), 'reminders.due_by_past')
    const counted = await as()(reminders.startNotices, ask({ dry_run: true }))
    expect([counted.notice_count, counted.house_count, counted.open_fen]).toEqual([4, 3, 3 * 11_820 + 5_000]) // February is not due yet
    expect((await as()(reminders.noticeBatches, {})).total).toBe(0)
    const made = await as()(reminders.startNotices, ask({ overdue_only: false, due_by_on: '2026-03-20' }))
    batch_id = made.batch_id
    expect(made.batch_no).toBe('TZ20260302-01')
    await t.drain()
    const b = await as()(reminders.noticeBatch, { batch_id })
    expect([b.state, b.done_count, b.files]).toEqual(['ready', 4, [{ no: 1, first: 1, last: 4 }]])
    const rows = (await as()(reminders.notices, { batch_id })).rows
    expect(rows.map((r) => r.house_label)).toEqual(['1-1-102', '1-1-104', '1-1-104', '1-1-101'])
    expect(rows.at(-1)).toMatchObject({ notice_no: 'TZ20260302-01-0004', bill_count: 2, open_fen: 23_640, open_now_fen: 23_640 })
    const pdf = await pdfOf(batch_id)
    expect(pagesOf(pdf)).toBe(4)
    if (hasPdfText) {
      const text = pdfText(pdf)
      expect(text).toContain('TZ20260302-01-0004')
      expect(text).toContain('扫码缴费')
      expect(text).toContain('贰佰叁拾陆元肆角整')
    }
  })
  test('counts each time that somebody takes a file to the printer', async () => {
    expect((await as()(reminders.noticeBatch, { batch_id })).printed_count).toBe(0)
    expect(await as()(reminders.printNotices, { batch_id, no: 1 })).toEqual({ printed_count: 1 })
    const request_id = rid()
    for (let n = 0; n < 3; n++) expect(await as()(reminders.printNotices, { request_id, batch_id, no: 1 })).toEqual({ printed_count: 2 })
    await expectRefused(as()(reminders.printNotices, { batch_id, no: 2 }), 'kernel.not_found')
    await expectRefused(t.as('other_admin')(reminders.printNotices, { batch_id, no: 1 }), 'kernel.not_found')
    await expectRefused(t.as('visitor')(reminders.printNotices, { batch_id, no: 1 }), 'kernel.forbidden')
    expect((await as()(reminders.noticeBatches, {})).rows[0]!.printed_count).toBe(2)
  })
  test('belongs to who reaches its community', async () => {
    await expectRefused(t.as('other_admin')(reminders.noticeBatch, { batch_id }), 'kernel.not_found')
    await expectRefused(t.as('visitor')(reminders.startNotices, ask()), 'kernel.forbidden')
    const far = await t.hire('steward', { scope_kind: 'building', scope_ids: [seed.building_id] })
    await expectRefused(far(reminders.startNotices, ask()), 'kernel.not_found')
    expect((await far(reminders.noticeBatches, {})).total).toBe(0)
    expect((await far(reminders.startNotices, ask({ building_ids: [seed.building_id], dry_run: true }))).notice_count).toBe(4)
  })
})

describe('the code', () => {
  test('opens the bills of that notice with the house masked, and runs out', async () => {
    at('2026-03-06')
    const token = noticeToken(t.company_id, `${batch_id}:4`)
    const seen = await t.as('nobody')(payment.linkView, { token })
    expect([seen.house_masked, seen.open_fen, seen.state]).toEqual(['1-1-1**', 23_640, 'open'])
    expect(JSON.stringify(seen)).not.toContain(seed.houses[0]!.name)
    expect((await as()(reminders.notices, { batch_id })).rows.at(-1)!.opened_count).toBe(1)
    at('2026-04-20')
    expect((await t.as('nobody')(payment.linkView, { token })).state).toBe('expired')
    await expectRefused(t.as('nobody')(payment.linkView, { token: `${t.company_id}.${'x'.repeat(32)}` }), 'kernel.not_found')
  })
})

describe('delivery', () => {
  test('makes a reminder by letter of what is still owed, once', async () => {
    at('2026-03-08')
    const paid = (await as()(reminders.notices, { batch_id })).rows[0]!
    const bill = await t.inside((s) => s.db.selectFrom('billing.bill').select(['bill_id', 'period_on', 'amount_fen']).where('company_id', '=', t.company_id).where('house_id', '=', paid.house_id).executeTakeFirstOrThrow())
    await t.as('cashier')(payment.takePayment, { house_id: paid.house_id, lines: [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen: bill.amount_fen }], tenders: [{ method: 'cash', amount_fen: bill.amount_fen }] } as never)
    expect(await as()(reminders.deliverNotices, { batch_id, seqs: [4], delivery: 'delivered', note: '本人签收' })).toEqual({ marked_count: 1, reminder_count: 1 })
    await expectRefused(as()(reminders.deliverNotices, { batch_id, seqs: [4], delivery: 'posted' }), 'reminders.notices_marked')
    expect(await as()(reminders.deliverNotices, { batch_id, delivery: 'posted' })).toEqual({ marked_count: 3, reminder_count: 2 }) // one has paid meanwhile
    const rows = (await t.as('finance')(reminders.reminders, { channel: 'letter' })).rows
    expect(rows.map((r) => [r.house_label, r.state, r.answer, r.letter_no]).toSorted()).toEqual([['1-1-101', 'done', 'delivered', 'TZ20260302-01-0004'], ['1-1-104', 'done', 'posted', 'TZ20260302-01-0002'], ['1-1-104', 'done', 'posted', 'TZ20260302-01-0003']])
    expect((await as()(reminders.reminder, { reminder_id: rows.find((r) => r.house_label === '1-1-101')!.reminder_id })).bills).toHaveLength(2)
  })
  test('two at once mark each notice once', async () => {
    at('2026-03-09')
    const again = await as()(reminders.startNotices, ask({ overdue_only: false }))
    await t.drain()
    const both = await Promise.allSettled([as()(reminders.deliverNotices, { batch_id: again.batch_id, delivery: 'posted' }), t.as('manager')(reminders.deliverNotices, { batch_id: again.batch_id, delivery: 'delivered' })])
    expect(both.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    expect((await t.as('finance')(reminders.reminders, { channel: 'letter' })).rows.filter((r) => r.letter_no?.startsWith('TZ20260309'))).toHaveLength(3)
  })
})

describe('the layout', () => {
  test('is the template chosen, in its version of that moment, with its own words', async () => {
    at('2026-03-10')
    await t.as('admin')(systemCalls.saveSetting, { key: 'forms.publishing', value: '本人发布', from_on: '2026-03-10' })
    const f = t.as('finance')
    const { template_id } = await f(forms.addTemplate, { kind: 'reminders.notice', paper: 'a5', community_id: null, name: '半页通知单' })
    const base = (await f(forms.template, { template_id })).draft_design!
    await expectRefused(f(forms.saveDraft, { template_id, design: { ...base, paragraphs: ['请 {who} 缴费'] } }), 'forms.param_unknown')
    await f(forms.saveDraft, { template_id, design: { ...base, title: '温馨提示', blocks: [...base.blocks, 'ways'], paragraphs: ['{name}:{house} 欠 {amount} 元,请于 {due_by} 前缴清。'], pay_ways: ['开户行:示范银行 6222'] } })
    await expectRefused(as()(reminders.startNotices, ask({ template_id })), 'reminders.template_gone') // not published
    await f(forms.publish, { template_id, from_on: '2026-03-10' })
    expect((await as()(reminders.noticeTemplates, { community_id: seed.community_id })).rows).toEqual([{ template_id, name: '半页通知单', paper: 'a5', version_no: 1 }])
    const made = await as()(reminders.startNotices, ask({ template_id, due_by_on: '2026-03-31' }))
    await t.drain()
    const b = await as()(reminders.noticeBatch, { batch_id: made.batch_id })
    expect([b.state, b.paper, b.template_version]).toEqual(['ready', 'a5', 1])
    if (!hasPdfText) return
    const text = pdfText(await pdfOf(made.batch_id))
    expect(text).toContain('温馨提示')
    expect(text).toContain('1-1-101欠236.40元,请于2026-03-31前缴清')
    expect(text).toContain('示范银行')
  })
})

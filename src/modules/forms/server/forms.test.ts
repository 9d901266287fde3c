// Layouts of papers as their designer and the cashier meet them: tried, asked for, in force from a day, and a reprint keeps its own.
import { Readable } from 'node:stream'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { hasPdfText, pdfText } from '../../../../tests/pdf_text.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { setClock } from '../../../kernel/clock.ts'
import { saveUpload } from '../../../kernel/files.ts'
import { payment } from '../../payment/contract.ts'
import { system as systemCalls } from '../../system/contract.ts'
import { forms, type Design } from '../contract.ts'

let t: TestApp
let seed: Seed
const pagesOf = (pdf: Buffer) => (pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g) ?? []).length
const at = (day: string, hour = 10): void => setClock(`${day}T${String(hour - 8).padStart(2, '0')}:00:00Z`)
const builtIn = async (kind: string, paper: string): Promise<Design> => (await t.as('finance')(forms.kinds, {})).rows.find((k) => k.kind === kind)!.papers.find((p) => p.paper === paper)!.design
async function receive(house: number, month: string): Promise<string> {
  const bill = await t.inside((s) => seed.bill(s, house, month))
  return (await t.as('cashier')(payment.takePayment, { house_id: seed.houses[house]!.house_id, lines: [bill], tenders: [{ method: 'cash', amount_fen: bill.amount_fen }] } as never)).payment_id
}
async function printed(payment_id: string, form: 'a5' | '80mm' | 'a4' | 'two_copy' = 'a5'): Promise<Buffer> {
  const p = await t.as('cashier')(payment.printReceipt, { payment_id, form })
  return ((await t.as('cashier')(payment.receiptPdf, p.input)) as unknown as { body: Buffer }).body
}
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64')
async function upload(body: Buffer): Promise<string> {
  const who = (await t.app.whoIs(t.tokens.get('finance')!, { ip: null, agent: null, face: 'admin' }))!
  return (await saveUpload(t.app, who, { purpose: 'picture', name: 'x.png', body: Readable.from([body]) })).file_id
}

let template_id: string
let old_payment: string

beforeAll(async () => {
  // Before the clock is set back: a session made on these days would end with the next one.
  t = await testApp()
  at('2026-03-01')
  seed = await t.inside((s) => seedMoney(s, { houses: 3 }))
  old_payment = await receive(0, '2026-02')
})
afterEach(() => setClock(undefined))

describe('a template', () => {
  test('begins as the built-in form, one a paper and place', async () => {
    at('2026-03-02')
    const as = t.as('finance')
    ;({ template_id } = await as(forms.addTemplate, { kind: 'payment.receipt', paper: 'a5', community_id: null, name: '公司收据' }))
    const d = await as(forms.template, { template_id })
    expect(d.draft_design).toEqual(await builtIn('payment.receipt', 'a5'))
    expect([d.state, d.draft, d.versions]).toEqual(['none', 'open', []])
    const r = await expectRefused(as(forms.addTemplate, { kind: 'payment.receipt', paper: 'a5', community_id: null, name: '另一份' }), 'forms.one_only')
    expect(r.message).toContain('公司收据')
    await expectRefused(as(forms.addTemplate, { kind: 'payment.deposit_slip', paper: 'third', community_id: null, name: 'x' }), 'forms.paper_unknown')
    await expectRefused(t.as('cashier')(forms.addTemplate, { kind: 'payment.receipt', paper: 'a4', community_id: null, name: 'x' }), 'kernel.forbidden')
    await expectRefused(t.as('other_admin')(forms.template, { template_id }), 'kernel.not_found')
  })
  test('is refused when it cannot be printed truthfully', async () => {
    at('2026-03-02')
    const as = t.as('finance')
    const d = await builtIn('payment.receipt', 'a5')
    await expectRefused(as(forms.saveDraft, { template_id, design: { ...d, columns: d.columns.filter((c) => c.key !== 'paid') } }), 'forms.column_missing')
    await expectRefused(as(forms.saveDraft, { template_id, design: { ...d, blocks: ['gate'] } }), 'forms.part_unknown')
    await expectRefused(as(forms.saveDraft, { template_id, design: { ...d, seal_file_id: old_payment } }), 'forms.picture_bad')
    const broken = await upload(Buffer.concat([PNG.subarray(0, 30), Buffer.alloc(40, 7)]))
    await expectRefused(as(forms.saveDraft, { template_id, design: { ...d, logo_file_id: broken } }), 'forms.cannot_print')
    await expectRefused(as(forms.saveDraft, { template_id, design: { ...d, text_pt: 99 } }), 'kernel.invalid')
  })
  test('is looked at with a real receipt before anybody uses it', async () => {
    at('2026-03-02')
    const design = { ...(await builtIn('payment.receipt', 'a5')), title: '物业费专用收据', logo_file_id: await upload(PNG), columns: [{ key: 'item', title: '项目' }, { key: 'paid', title: '金额' }] }
    const seen = await t.as('finance')(forms.preview, { kind: 'payment.receipt', paper: 'a5', design })
    expect(seen.subject).toContain('1-1-101')
    if (hasPdfText) {
      const text = pdfText(Buffer.from(seen.pdf, 'base64'))
      expect(text).toContain('物业费专用收据')
      expect(text).toContain('金额')
      expect(text).not.toContain('计算过程')
    }
    await t.as('finance')(forms.saveDraft, { template_id, design, note: '改标题' })
    if (hasPdfText) expect(pdfText(await printed(old_payment))).toContain('收款收据') // a draft prints nowhere
    await expectRefused(t.as('visitor')(forms.preview, { kind: 'payment.receipt', paper: 'a5', design }), 'kernel.forbidden')
  })
})

describe('publishing', () => {
  test('needs a second person, and the draft is frozen meanwhile', async () => {
    at('2026-03-02')
    const as = t.as('finance')
    await expectRefused(as(forms.publish, { template_id, from_on: '2026-03-01' }), 'forms.in_past')
    const asked = await as(forms.publish, { template_id, from_on: '2026-03-02', reason: '统一票据' })
    expect(asked.version_no).toBeNull()
    await expectRefused(as(forms.saveDraft, { template_id, design: await builtIn('payment.receipt', 'a5') }), 'forms.asked')
    await expectRefused(as(systemCalls.decideApproval, { approval_id: asked.approval_id!, step_no: 1, decision: 'agree' } as never), 'system.approval_own')
    await t.as('finance2')(systemCalls.decideApproval, { approval_id: asked.approval_id!, step_no: 1, decision: 'agree' } as never)
    const d = await as(forms.template, { template_id })
    expect([d.state, d.version_no, d.draft]).toEqual(['live', 1, 'none'])
  })
  test('changes what is printed from then on, and not what was received before', async () => {
    at('2026-03-03')
    const fresh = await receive(1, '2026-03')
    if (!hasPdfText) return
    expect(pdfText(await printed(fresh))).toContain('物业费专用收据')
    const old = pdfText(await printed(old_payment))
    expect(old).toContain('收款收据')
    expect(old).toContain('计算过程')
    expect(pdfText(await printed(fresh, '80mm'))).not.toContain('物业费专用收据') // another paper
    expect(pagesOf(await printed(fresh, 'two_copy'))).toBe(2) // 存根 and 客户
  })
  test('alone where the company says so; a community goes before the company; a stop leads back', async () => {
    at('2026-03-04')
    await t.as('admin')(systemCalls.saveSetting, { key: 'forms.publishing', value: '本人发布', from_on: '2026-03-04' })
    await expectRefused(t.as('admin')(systemCalls.saveSetting, { key: 'forms.publishing', value: '随意', from_on: '2026-03-04' }), 'system.setting_choice')
    const as = t.as('finance')
    const own = (await as(forms.addTemplate, { kind: 'payment.receipt', paper: 'a5', community_id: seed.community_id, name: '花园收据' })).template_id
    await as(forms.saveDraft, { template_id: own, design: { ...(await builtIn('payment.receipt', 'a5')), title: '花园小区收据' } })
    expect(await as(forms.publish, { template_id: own, from_on: '2026-03-04' })).toEqual({ version_no: 1, approval_id: null })
    at('2026-03-05')
    const p = await receive(2, '2026-03')
    at('2026-03-06')
    await as(forms.endTemplate, { template_id: own })
    await expectRefused(as(forms.publish, { template_id: own, from_on: '2026-03-07' }), 'forms.ended')
    at('2026-03-07')
    const q = await receive(2, '2026-04')
    if (!hasPdfText) return
    expect(pdfText(await printed(p))).toContain('花园小区收据') // as it was when the money was taken
    expect(pdfText(await printed(q))).toContain('物业费专用收据')
  })
  test('an earlier version can be taken up again', async () => {
    at('2026-03-08')
    const as = t.as('finance')
    await as(forms.saveDraft, { template_id, design: { ...(await builtIn('payment.receipt', 'a5')), title: '第二版' } })
    await as(forms.publish, { template_id, from_on: '2026-03-08' })
    await as(forms.restoreVersion, { template_id, version_no: 1 })
    await as(forms.publish, { template_id, from_on: '2026-03-10' })
    const d = await as(forms.template, { template_id })
    expect(d.versions.map((v) => [v.version_no, v.design.title, v.from_on])).toEqual([[3, '物业费专用收据', '2026-03-10'], [2, '第二版', '2026-03-08'], [1, '物业费专用收据', '2026-03-02']])
    expect(d.version_no).toBe(2)
    await expectRefused(as(forms.dropDraft, { template_id }), 'forms.no_draft')
  })
  test('versions cannot be changed even by SQL', async () => {
    await expect(t.inside((s) => s.db.updateTable('forms.version').set({ note: 'x' }).where('company_id', '=', t.company_id).execute())).rejects.toThrow(/permission denied/)
  })
})

test('letters and the slip of a shift are kinds too: each is drawn from its example with a header, a footer and words of one’s own', async () => {
  const as = t.as('finance')
  const { rows } = await as(forms.kinds, {})
  const kinds = ['payment.shift_slip', 'handover.sheet', 'billing.legal_demand', 'billing.legal_lawyer', 'billing.legal_claims', 'billing.plan', 'funds.disclosure']
  expect(rows.map((k) => k.kind)).toEqual(expect.arrayContaining(kinds))
  for (const kind of kinds) {
    const design = { ...(await builtIn(kind, 'a4')), header: '示例抬头', footer: '示例脚注', seal_file_id: await upload(PNG), ...(kind.startsWith('billing.legal') ? { paragraphs: ['{name} 欠 {total} 元,请于 {until} 前缴清'] } : {}) }
    const { pdf } = await as(forms.preview, { kind, paper: 'a4', design })
    const body = Buffer.from(pdf, 'base64')
    expect(body.subarray(0, 5).toString()).toBe('%PDF-')
    if (!hasPdfText) continue
    expect(pdfText(body)).toContain('示例抬头')
    expect(pdfText(body)).toContain('示例脚注')
    if (kind.startsWith('billing.legal')) expect(pdfText(body)).toContain('张三欠3258.20元,请于2026-12-15前缴清')
  }
  await expectRefused(as(forms.preview, { kind: 'billing.legal_demand', paper: 'a4', design: { ...(await builtIn('billing.legal_demand', 'a4')), paragraphs: ['{unknown}'] } }), 'forms.param_unknown')
})

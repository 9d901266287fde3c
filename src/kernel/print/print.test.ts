import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { hasPdfText, pdfLines, pdfText } from '../../../tests/pdf_text.ts'
import { until } from '../../../tests/until.ts'
import { fen } from '../money.ts'
import { line, plain, qrSvg } from './format.ts'
import { BUILT_IN, closePrint, PrintError, renderMany, renderPdf, TEMPLATE_IDS } from './index.ts'
import type { NoticeData, PrintDesign, PrintFault, ReceiptData, TableData } from './index.ts'
import { Lane } from './lane.ts'
import { receiptView } from './receipt.ts'
import { tableView } from './table.ts'

afterAll(closePrint)

const EVIL = '#evil[$x$] *粗* _斜_ <b>&amp; \\ @a `c` // /* "q" #{panic()}'
const RARE = '龘靐齉囍㙓'

function expectTexts(pdf: Buffer, ...wanted: string[]): void {
  expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-')
  const text = pdfText(pdf)
  if (text !== null) for (const one of wanted) expect(text).toContain(one.replace(/\s/g, ''))
}

const pagesOf = (pdf: Buffer) => (pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g) ?? []).length

async function faultOf(run: Promise<unknown>): Promise<PrintFault | 'no fault'> {
  try {
    await run
    return 'no fault'
  } catch (error) {
    if (error instanceof PrintError) return error.code
    throw error
  }
}

const receipt: ReceiptData = {
  company_name: '杭州和院物业服务有限公司', community_name: '翠湖花园', receipt_no: 'SJ20260115000123', received_on: '2026-01-15',
  payer_name: `张${RARE}`, house_name: '3栋2单元1801室',
  lines: [
    {
      item: '物业服务费', period: { first_on: '2026-01-01', last_on: '2026-12-31' }, working: '98.50㎡ × 2.80元/㎡·月 × 12月',
      due_fen: fen(330960), paid_fen: fen(330960),
    },
    { item: '门禁卡工本费', period: null, working: EVIL, due_fen: fen(4000), paid_fen: fen(3000) },
  ],
  tenders: [{ name: '现金', amount_fen: fen(20000) }, { name: '微信', amount_fen: fen(310002) }],
  prepaid_used_fen: fen(5000), prepaid_added_fen: fen(1042), prepaid_balance_fen: fen(123456), arrears_fen: fen(1000),
  cashier_name: '李敏', remark: EVIL, qr_text: 'https://heyuan.example.cn/r/1', reprint_count: 0, voided: false,
}

const bare: ReceiptData = {
  company_name: '', receipt_no: '', received_on: '', payer_name: '', house_name: '', lines: [], tenders: [], prepaid_used_fen: fen(0),
  prepaid_added_fen: fen(0), arrears_fen: null, cashier_name: '', qr_text: null, reprint_count: 0, voided: false,
}

const notice: NoticeData = {
  company_name: receipt.company_name, notice_no: 'TZ0088', noticed_on: '2026-01-15', due_by_on: '2026-01-31', to_name: `王${RARE}`,
  house_name: receipt.house_name, area_m2: '98.500',
  lines: [{ item: '物业服务费', period: { first_on: '2025-12-01', last_on: '2025-12-31' }, working: EVIL, due_fen: fen(27580), paid_fen: fen(80), late_fee_fen: fen(7) }],
  pay_ways: ['前台缴费', EVIL], hotline: '0571-88886666', qr_text: 'https://heyuan.example.cn/pay/1',
}

const table: TableData = {
  company_name: receipt.company_name, title: '欠费明细表', filters: ['小区：翠湖花园', '账期：2026-01'],
  columns: [{ title: '房号', kind: 'text' }, { title: '日期', kind: 'day' }, { title: '面积', kind: 'decimal' }, { title: '欠费', kind: 'fen' }, { title: '户数', kind: 'count' }],
  rows: [['3栋1801', '2026-01-15', '98.50', 123450, 1], [EVIL, null, null, null, null]], totals: [null, null, '98.50', 123450, 1],
  printed_by: '李敏', printed_at: '2026-01-15 09:30',
}

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64')

describe('receipts', () => {
  const common = [
    '收款收据', 'SJ20260115000123', '2026年1月15日', `张${RARE}`, '3栋2单元1801室', '物业服务费', '98.50㎡×2.80元', '3,309.60', EVIL,
    '叁仟叁佰元零贰分', '¥3,300.02', '1,234.56', '10.42', '10.00', '李敏', '扫码', '查验',
  ]
  test.each(['receipt_a5', 'receipt_three_copy', 'receipt_80mm'] as const)('%s says what was paid, and resident text literally', async (id) => {
    const pdf = await renderPdf(id, receipt)
    expectTexts(pdf, ...common, '2026-01-01至2026-12-31', '现金', '200.00', '预存抵扣', '50.00')
    expect(pdfText(pdf) ?? '').not.toMatch(/补打|作废/)
    expect(pagesOf(pdf)).toBe(id === 'receipt_three_copy' ? 3 : 1)
    if (id === 'receipt_three_copy') expectTexts(pdf, '第', '联', '存', '根')
  })

  test.each(['receipt_a5', 'receipt_three_copy', 'receipt_80mm'] as const)('%s marks reprints and reversals', async (id) => {
    const pdf = await renderPdf(id, { ...receipt, reprint_count: 2, voided: true, seal: PNG })
    expectTexts(pdf, '补打第2次')
    // The diagonal 作废 is turned, so its letters come out apart.
    expectTexts(pdf, '作', '废')
  })

  test('one that does not balance is not printed', async () => {
    expect(await faultOf(renderPdf('receipt_a5', { ...receipt, prepaid_added_fen: fen(0) }))).toBe('bad_data')
    expect(await faultOf(renderPdf('receipt_a5', { ...receipt, seal: Buffer.from('<svg/>') }))).toBe('bad_data')
  })

  test('500 lines run over pages with the header on each, and each page says where it belongs', async () => {
    const one = receipt.lines[0]
    if (!one) throw new Error('no line')
    const lines = Array.from({ length: 500 }, (_, index) => ({ ...one, item: `物业服务费${index + 1}号` }))
    const long: ReceiptData = { ...bare, receipt_no: 'SJ500', lines, tenders: [{ name: '转账', amount_fen: fen(330960 * 500) }] }
    const a5 = await renderPdf('receipt_a5', long)
    const pages = pagesOf(a5)
    expect(pages).toBeGreaterThan(20)
    expect(pages).toBeLessThan(50)
    const text = pdfText(a5)
    if (text !== null) {
      expect(text.split('本次实收（元）').length - 1).toBeGreaterThanOrEqual(pages - 1)
      expect(text).toContain(`第${pages}/${pages}页`)
      expect(text).toContain('物业服务费500号')
      expect(text).toContain('壹佰陆拾伍万肆仟捌佰元整')
    }
    expect(pagesOf(await renderPdf('receipt_three_copy', long)) % 3).toBe(0)
    expect(pagesOf(await renderPdf('receipt_80mm', long))).toBe(4)
    expect(await faultOf(renderPdf('receipt_a5', long, { max_pages: 5 }))).toBe('too_large')
  })

  test('a batch is one PDF in which each counts its own pages', async () => {
    const lines = Array.from({ length: 25 }, () => receipt.lines[0]).filter((one) => one !== undefined)
    const long: ReceiptData = { ...bare, receipt_no: 'LONG', lines, tenders: [{ name: '转账', amount_fen: fen(330960 * 25) }] }
    const started = performance.now()
    const many = await renderMany('receipt_a5', Array.from({ length: 200 }, (_, index) => ({ ...receipt, receipt_no: `SJ${index + 1}号` })))
    console.log(`200 receipts: ${Math.round(performance.now() - started)} ms, ${many.length} bytes`)
    expect(pagesOf(many)).toBe(200)
    expectTexts(many, 'SJ1号', 'SJ200号')
    const mixed = await renderMany('receipt_a5', [receipt, long, receipt])
    expect(pagesOf(mixed)).toBe(4)
    const text = pdfText(mixed)
    if (text !== null) {
      expect(text).toContain('№LONG第1/2页')
      expect(text).toContain('№LONG第2/2页')
      expect(text.match(/第\d\/\d页/g)).toHaveLength(2)
    }
    expect(await faultOf(renderMany('receipt_a5', []))).toBe('too_large')
  })
})

describe('notices and reports', () => {
  test('a notice says what is owed until when, with its stub', async () => {
    const pdf = await renderPdf('notice_a4', notice)
    expect(pagesOf(pdf)).toBe(1)
    expectTexts(pdf, '缴费通知单', '送达回执', `王${RARE}`, '98.5㎡', '2026年1月31日', EVIL, '275.07', '人民币贰佰柒拾伍元零柒分', '前台缴费', '0571-88886666', '沿此线撕下')
    const without = await renderPdf('notice_a4', { ...notice, stub: false, paragraphs: ['请尽快缴费。'] })
    expect(pdfText(without) ?? '').not.toContain('送达回执')
    expectTexts(without, '请尽快缴费。')
  })

  test('a report repeats its header and ends with the totals', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => [`${index + 1}室`, '2026-01-15', '98.50', index, 1])
    const pdf = await renderPdf('table_a4', { ...table, rows })
    const pages = pagesOf(pdf)
    expect(pages).toBeGreaterThan(5)
    expectTexts(pdf, '欠费明细表', '小区：翠湖花园', '300室', '合计', '1,234.50', `第${pages}页/共${pages}页`, '共300行', '李敏')
    expect((pdfText(pdf) ?? '房号'.repeat(pages)).split('房号').length - 1).toBe(pages)
    expectTexts(await renderPdf('table_a4', table), EVIL)
  })

  test('columns keep to the page however many and wide they are', () => {
    for (const [count, kind] of [[1, 'fen'], [1, 'text'], [12, 'text'], [40, 'fen'], [40, 'text'], [24, 'code']] as const) {
      const columns = Array.from({ length: count }, () => ({ title: '很长的列名称', kind }))
      const rows = [columns.map(() => (kind === 'fen' ? 123456789 : '很长的文字'.repeat(20)))]
      const view = tableView({ title: '', columns, rows }).view as { size: number; columns: { width: number }[] }
      const width = view.columns.reduce((sum, column) => sum + column.width, 0) * view.size
      expect(width).toBeLessThan(787)
      expect(width).toBeGreaterThan(785)
    }
  })

  test('what is no table is refused', async () => {
    expect(await faultOf(renderPdf('table_a4', { ...table, columns: [] }))).toBe('bad_data')
    expect(await faultOf(renderPdf('table_a4', { ...table, rows: [['a', 5]] }))).toBe('bad_data')
    expect(await faultOf(renderPdf('table_a4', { ...table, rows: Array.from({ length: 20_001 }, () => []) }))).toBe('too_large')
  })
})

describe('every template', () => {
  const huge = `${EVIL}${RARE.repeat(100)}${'A'.repeat(900)}`
  const rich = fen(Number.MAX_SAFE_INTEGER)
  const bareNotice: NoticeData = { ...notice, lines: [], to_name: '', house_name: '', area_m2: null, pay_ways: [], hotline: null, qr_text: null, due_by_on: null }
  const hugeReceipt: ReceiptData = {
    ...receipt, company_name: huge, community_name: huge, title: huge, receipt_no: huge, received_on: huge, payer_name: huge, house_name: huge,
    cashier_name: huge, remark: huge, qr_text: 'x'.repeat(600), qr_hint: huge, prepaid_used_fen: fen(0), prepaid_added_fen: fen(0),
    lines: [{ item: huge, period: { first_on: huge, last_on: huge }, working: huge, due_fen: rich, paid_fen: rich }], tenders: [{ name: huge, amount_fen: rich }],
  }
  const hugeNotice: NoticeData = {
    ...notice, company_name: huge, community_name: huge, title: huge, notice_no: huge, to_name: huge, house_name: huge, paragraphs: [huge, huge],
    pay_ways: [huge], hotline: huge, qr_hint: huge, lines: [{ item: huge, period: null, working: huge, due_fen: rich, paid_fen: fen(0), late_fee_fen: fen(0) }],
  }
  const hugeTable: TableData = {
    title: huge, filters: [huge, huge], columns: Array.from({ length: 40 }, (_, index) => ({ title: huge, kind: index % 2 ? 'fen' : 'text' } as const)),
    rows: [Array.from({ length: 40 }, (_, index) => (index % 2 ? rich : huge))], totals: [], printed_by: huge, printed_at: huge,
  }
  test.each(TEMPLATE_IDS)('%s takes empty and huge data', async (id) => {
    const is_notice = id.startsWith('notice_')
    const small = is_notice ? renderPdf(id as 'notice_a4', bareNotice) : id === 'table_a4' ? renderPdf(id, { title: '', columns: [{ title: '', kind: 'text' }], rows: [] }) : renderPdf(id as 'receipt_a5', bare)
    expect(pagesOf(await small)).toBe(id === 'receipt_three_copy' ? 3 : id === 'receipt_two_copy' ? 2 : 1)
    const big = is_notice ? renderPdf(id as 'notice_a4', hugeNotice) : id === 'table_a4' ? renderPdf(id, hugeTable) : renderPdf(id as 'receipt_a5', hugeReceipt)
    expect(pagesOf(await big)).toBeGreaterThan(0)
  })
})

describe('designs', () => {
  const design = (more: Partial<PrintDesign>): PrintDesign => ({ ...BUILT_IN.receipt_a5, ...more })
  test('choose columns, blocks, words and copies, and the paper', async () => {
    const pdf = await renderPdf('receipt_a5', { ...receipt, footer: '系统脚注' }, { design: design({ paper: 'half', title: '物业收据', header: '客服 400', footer: '三日内核对', copies: ['甲', '乙'], columns: [{ key: 'paid', title: '金额' }, { key: 'item', title: '' }], blocks: ['cashier'] }) })
    expect(pagesOf(pdf)).toBe(2)
    expectTexts(pdf, '物业收据', '客服400', '三日内核对', '金额', '收费项目', '收款人')
    const text = pdfText(pdf)
    for (const gone of ['系统脚注', '计算过程', '交款人', '尚欠', '收款方式']) expect(text ?? '').not.toContain(gone)
  })
  test('pre-printed paper gets the values alone, each where it stood', async () => {
    const pdf = await renderPdf('receipt_a5', receipt, { design: design({ preprinted: true, offset_mm: { x: 3, y: -2 } }) })
    expectTexts(pdf, '3,309.60', '叁仟叁佰元零贰分')
    if (hasPdfText) expect(pdfLines(pdf)).toContain('SJ20260115000123')
    expect(pdfText(pdf) ?? '').not.toContain('收费项目')
  })
  test('that would print nothing, or no picture, are refused', async () => {
    for (const bad of [{ text_pt: 200 }, { text_pt: Number.NaN }, { offset_mm: { x: 500, y: 0 } }, { margin_mm: { top: -1, right: 0, bottom: 0, left: 0 } }, { logo: Buffer.from('no picture') }]) {
      expect(await faultOf(renderPdf('receipt_a5', receipt, { design: design(bad) }))).toBe('bad_data')
    }
  })
})

describe('the compiler', () => {
  const endless = { source: '#let n = 0\n#for i in range(100000) { for j in range(100000) { n = n + calc.rem(i * j, 7) } }\n#n' }

  test('runs an operator\'s template with our views, inside the template folder only', async () => {
    const own = { source: '#import "/lib.typ": *\n#show: form\n#for doc in docs { page(width: 100mm, height: 50mm)[自制 #doc.no #doc.capitals] }', like: 'receipt_a5' as const }
    expectTexts(await renderPdf(own, receipt), '自制SJ20260115000123叁仟叁佰元零贰分')
    expectTexts(await renderPdf({ source: '#set text(font: "Noto Sans SC")\n#json(bytes(sys.inputs.data)).docs.first().a' }, { a: EVIL }), EVIL)
    expect(await faultOf(renderPdf({ source: '#bad(' }, {}))).toBe('bad_template')
    expect(await faultOf(renderPdf({ source: '#read("/../../money.ts")' }, {}))).toBe('bad_template')
    expect(await faultOf(renderPdf({ source: '#import "@preview/cetz:0.3.0"' }, {}))).toBe('bad_template')
    expect(await faultOf(renderPdf({ source: '#for i in range(2100) { page[x] }' }, {}))).toBe('too_large')
  })

  test('a runaway document is stopped, the event loop stays free, and the next one prints', async () => {
    let turns = 0
    const ticking = setInterval(() => turns++, 5)
    const [fault, after] = await Promise.all([faultOf(renderPdf(endless, {}, { time_ms: 1500 })), renderPdf('receipt_a5', bare)])
    clearInterval(ticking)
    expect(fault).toBe('timeout')
    expect(turns).toBeGreaterThan(10)
    expect(pagesOf(after)).toBe(1)
  })

  test('the queue is bounded, and closing refuses what waits', async () => {
    const lane = new Lane({ queued: 2, idle_ms: 0 })
    const job = { template: endless, data: '{}', assets: [], max_pages: 1 }
    const all = [1, 2, 3, 4].map(() => faultOf(lane.run(job, 60_000)))
    expect(await all[3]).toBe('busy')
    lane.close()
    expect(await Promise.all(all)).toEqual(['closed', 'closed', 'closed', 'busy'])
    expect(await faultOf(lane.run(job, 1000))).toBe('closed')
  })

  test('an endless document ends with the process that asked for it, however that ended', async () => {
    const ask = `import('./src/kernel/print/lane.ts').then(({ Lane }) => { const lane = new Lane({ queued: 1, idle_ms: 0 }); void lane.run({ template: ${JSON.stringify(endless)}, data: '{}', assets: [], max_pages: 1 }, 60_000).catch(() => {}) })`
    const parent = spawn(process.execPath, ['-e', ask], { stdio: 'ignore' })
    const child = await until(async () => readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').trim() || false)
    await until(async () => Number.parseInt(readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1]!.split(' ')[11]!, 10) > 200) // two seconds of work: it lays out
    parent.kill('SIGKILL')
    await until(async () => !existsSync(`/proc/${child}`))
  }, 60_000)

  test('a crash of the compiler costs one document', async () => {
    const lane = new Lane({ queued: 2, idle_ms: 0 })
    // Nine petabytes: the allocation fails at once, and native code answers that with abort().
    const boom = { template: { source: '#("a" * 9000000000000000)' }, data: '{}', assets: [], max_pages: 1 }
    const fine = { template: { source: '好' }, data: '{}', assets: [], max_pages: 1 }
    expect(await faultOf(lane.run(boom, 30_000))).toBe('crashed')
    expect((await lane.run(fine, 30_000)).pages).toBe(1)
    lane.close()
  })
})

test('plain text loses what cannot be seen and nothing else', () => {
  expect(plain('a\u0000b\u202ec\u200bd\r\ne\tf')).toBe('abcd\ne f')
  expect(line(' 一\n 二 ')).toBe('一 二')
  expect(plain('𠮷'.repeat(10), 5)).toBe('𠮷𠮷𠮷𠮷…')
  expect(plain('x\ud800y')).not.toContain('\ud800')
  expect(plain(null)).toBe('')
  expect(plain('A'.repeat(40))).toBe(`${'A'.repeat(14)}\u200b${'A'.repeat(14)}\u200b${'A'.repeat(12)}`)
  expect(plain('SJ20260115000123')).toBe('SJ20260115000123')
  expect(qrSvg('')).toBe('')
  expect(qrSvg('a')).toMatch(/^<svg .*<\/svg>$/)
})

test('the view holds text only: no number reaches a template', () => {
  const walk = (value: unknown): boolean =>
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'object' && value !== null && Object.values(value).every(walk))
  const { amount_em, ...rest } = receiptView(receipt).view
  expect(typeof amount_em).toBe('number')
  expect(walk(rest)).toBe(true)
})

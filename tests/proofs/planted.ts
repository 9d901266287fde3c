// One fault for every proof of the nightly sweep (`module:code`). A proof without a fault here, or a fault without its proof, is red.
import type { Planter } from './plant.ts'

type Plant = (p: Planter) => Promise<void>
const id = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`
const DAY = '2026-01-15'

/** A journal that is sound by itself, over these accounts. */
async function journal(p: Planter, o: { id?: string; book?: string; source?: [type: string, id: string, kind: string]; reverses?: string; posted_at?: string; lines: [account: string, fen: number, subject?: [type: string, id: string], book?: string][] }): Promise<string> {
  const j = await p.row('ledger.journal', { ...(o.id ? { journal_id: o.id } : {}), book: o.book ?? 'company', booked_on: DAY, source_type: o.source?.[0] ?? 'planted', source_id: o.source?.[1] ?? id(Math.floor(Math.random() * 1e9)), kind: o.source?.[2] ?? 'planted', reverses: o.reverses ?? null, ...(o.posted_at ? { posted_at: o.posted_at } : {}) })
  for (const [i, [account_code, amount_fen, subject, book]] of o.lines.entries()) {
    await p.run('insert into ledger.account (company_id, book, code, name, normal, kind) values ($1, $2, $3, $3, $4, $5) on conflict do nothing', [p.scope.company_id, book ?? o.book ?? 'company', account_code, 'debit', 'asset'])
    await p.row('ledger.posting', { booked_on: DAY, journal_id: j['journal_id'], line_no: i + 1, book: book ?? o.book ?? 'company', account_code, amount_fen, subject_type: subject?.[0] ?? null, subject_id: subject?.[1] ?? null })
  }
  return j['journal_id'] as string
}
/** A bill that bears its own arithmetic: 98.50 × 1.2. */
const bill = (p: Planter, values: Record<string, unknown> = {}) =>
  p.row('billing.bill', { period_on: '2026-01-01', from_on: '2026-01-01', to_on: '2026-02-01', shape: 'area', quantity: '98.5', unit_price: '1.2', amount_fen: 11_820, issued_on: '2026-01-01', due_on: '2026-01-31', ...values })
const payment = (p: Planter, values: Record<string, unknown> = {}) => p.row('payment.payment', { source: 'desk', total_fen: 100, applied_fen: 100, receipt_no: `P-${Math.random()}`, ...values })
const item = (p: Planter) => p.row('billing.fee_item', { shape: 'area', house_kinds: ['dwelling'] })
const use = (p: Planter, values: Record<string, unknown> = {}) => p.row('funds.use', { path: 'ordinary', scope_kind: 'community', budget_fen: 100, state: 'draft', ...values })
const closing = async (p: Planter, period_on: string) => {
  const k = await p.row('ledger.closing', { book: 'company', period_on, balance_hash: 'planted', closed_at: '2026-03-01T00:00:00Z' })
  await p.run(`insert into ledger.period (company_id, book, period_on, state, closing_id) values ($1, 'company', $2, 'closed', $3) on conflict (company_id, book, period_on) do update set state = 'closed', closing_id = excluded.closing_id`, [p.scope.company_id, period_on, k['closing_id']])
  return k['closing_id'] as string
}

/** One that ran and is closed, with one head of 98.50 that its roll does not have. */
const poll = async (p: Planter) => (await p.row('votes.poll', { kind: 'regular', organiser: 'committee', opens_at: '2025-01-01T00:00:00Z', closes_at: '2025-02-01T00:00:00Z', closed_at: '2025-02-01T00:00:00Z', opened_at: '2025-01-01T00:00:00Z', state: 'closed', rule: '{}', eligible_count: 1, eligible_m2: '98.50', roll_hash: 'planted' }))['poll_id']
const NOBODY = { eligible_count: 1, eligible_m2: '98.50', agree_count: 0, agree_m2: '0', oppose_count: 0, oppose_m2: '0', abstain_count: 0, abstain_m2: '0' }
export const PLANTED: Record<string, Plant> = {
  'ledger:L1': (p) => journal(p, { lines: [['1001', 5]] }).then(() => undefined),
  'ledger:L2': (p) => journal(p, { lines: [['1001', 5], ['6001', -4]] }).then(() => undefined),
  'ledger:L3': async (p) => void (await p.row('ledger.posting', { booked_on: DAY, book: 'company', account_code: '1001', amount_fen: 5 })),
  'ledger:L6': async (p) => {
    const first = await journal(p, { lines: [['1001', 5], ['6001', -5]] })
    await journal(p, { reverses: first, lines: [['1001', -4], ['6001', 4]] })
  },
  'ledger:L7': (p) => journal(p, { lines: [['300104', 5], ['1001', -5]] }).then(() => undefined),
  'ledger:L9': async (p) => {
    await closing(p, '2026-01-01')
    await journal(p, { posted_at: '2026-03-02T00:00:00Z', lines: [['1001', 5], ['6001', -5]] })
  },
  'ledger:C2': async (p) => {
    await closing(p, '2026-01-01')
    const february = await closing(p, '2026-02-01')
    await p.row('ledger.closing_balance', { closing_id: february, account_code: '1001', community_key: '-', opening_fen: 7, debit_fen: 0, credit_fen: 0, closing_fen: 7 })
  },
  'ledger:C3': async (p) => void (await closing(p, '2026-01-01')),

  'billing:L8': (p) => journal(p, { lines: [['1122', 5, ['house', id(1)]], ['6001', -5]] }).then(() => undefined),
  'billing:B2': async (p) => {
    await bill(p, { house_id: id(1), fee_item_id: id(2) })
    await bill(p, { house_id: id(1), fee_item_id: id(2), from_on: '2026-01-20' })
  },
  'billing:B3': async (p) => void (await bill(p, { amount_fen: 11_821 })),
  'billing:B3T': async (p) => void (await bill(p, { shape: 'tariff', fee_item_id: (await item(p))['fee_item_id'] })),
  'billing:B6': async (p) => void (await p.row('billing.run', { state: 'published', line_count: 1, amount_fen: 1 })),
  'billing:B6J': async (p) => {
    const run = await p.row('billing.run', { state: 'published', line_count: 1, amount_fen: 11_820 })
    await bill(p, { run_id: run['run_id'] })
    await journal(p, { source: ['run', `${String(run['run_id'])}:0`, 'charge'], lines: [['1122', 11_819, ['house', id(1)]], ['6001', -11_819]] })
  },
  'billing:B7': async (p) => void (await bill(p, { voided_at: p.scope.now })),
  'billing:F5': async (p) => void (await bill(p, { reduced_fen: 1, moved_fen: 1 })),
  'billing:F1': async (p) => {
    const late = await bill(p, { shape: 'late_fee', of_bill_id: id(404) })
    await bill(p, { shape: 'late_fee', of_bill_id: late['bill_id'], house_id: id(3) })
  },
  'billing:B11': async (p) => {
    await bill(p, { fee_item_id: id(2), reading_id: id(3) })
    await bill(p, { fee_item_id: id(2), reading_id: id(3) })
  },
  'billing:B11R': async (p) => {
    const m = await p.row('meters.meter', { kind: 'water', name: '总表', start_reading: 0 })
    await p.row('meters.reading', { meter_id: m['meter_id'], period_on: '2026-01-01', previous: 0, reading: 10, usage: 10 })
    await p.row('meters.reading', { meter_id: m['meter_id'], period_on: '2026-02-01', previous: 11, reading: 20, usage: 9 })
  },
  'billing:B12': async (p) => {
    await p.row('people.payer', { house_id: id(1), fee_class: 'property', from_on: '2026-01-01', to_on: '2026-02-01', role: 'owner' })
    await p.row('people.payer', { house_id: id(1), fee_class: 'property', from_on: '2026-02-02', to_on: null, role: 'owner' })
  },
  'billing:B14': async (p) => void (await p.row('billing.rework', { kind: 'split', amount_fen: 100 }).then((r) => p.row('billing.rework_bill', { rework_id: r['rework_id'], side: 'from', amount_fen: 100 }))),
  'billing:SH1': async (p) => void (await bill(p, { shape: 'share', reading_id: id(9) })),
  'billing:B13': async (p) => void (await bill(p, { due_on: '2025-12-31' })),
  'billing:S1': async (p) => void (await bill(p)),
  'billing:S2': async (p) => void (await bill(p, { paid_fen: 5 })),
  'billing:S3': async (p) => void (await p.row('billing.building_sum', { bill_count: 1, amount_fen: 5, paid_fen: 0, reduced_fen: 0 })),
  'billing:S4': async (p) => {
    const b = await bill(p, { paid_fen: 100 })
    const x = await payment(p, { taken_on: DAY })
    await p.row('payment.allocation', { payment_id: x['payment_id'], bill_id: b['bill_id'], period_on: '2026-01-01', amount_fen: 100 })
  },

  'votes:V1': async (p) => void (await p.row('votes.counted', { poll_id: id(1), voter_id: id(2), motion_id: id(3), ballot_id: id(4) })),
  'votes:V2': async (p) => {
    const v = await poll(p)
    await p.row('votes.voter', { poll_id: v, kind: 'owner', area_m2: '99.00' })
  },
  'votes:V3': async (p) => {
    const v = await poll(p)
    const m = await p.row('votes.motion', { poll_id: v, motion_no: 1, matter: 'other' })
    await p.row('votes.result', { poll_id: v, motion_id: m['motion_id'], ...NOBODY, agree_count: 1 })
  },
  'votes:V3B': async (p) => {
    const v = await poll(p)
    const n = await p.row('votes.voter', { poll_id: v, kind: 'owner' })
    await p.row('votes.ballot', { poll_id: v, voter_id: n['voter_id'], way: 'app', person_id: id(5) })
  },

  'payment:W1': async (p) => void (await p.row('payment.wallet', { house_id: id(1), balance_fen: 5 })),
  'payment:W4': async (p) => void (await p.row('payment.bound_wallet', { house_id: id(1), fee_item_id: id(2), balance_fen: 5 })),
  'payment:W4B': async (p) => void (await p.row('payment.wallet_entry', { house_id: id(1), payment_id: id(5), fee_item_id: id(2), amount_fen: -5, cause: 'use' })),
  'payment:L8W': (p) => journal(p, { lines: [['2203', -5, ['house', id(1)]], ['1001', 5]] }).then(() => undefined),
  'payment:L8D': (p) => journal(p, { book: 'trust', lines: [['224101', -5, ['deposit', id(1)]], ['1001', 5]] }).then(() => undefined),
  'payment:L8B': (p) => journal(p, { lines: [['2241', -5, ['bank_line', id(1)]], ['1002', 5]] }).then(() => undefined),
  'payment:L8R': (p) => journal(p, { lines: [['2241', -5, ['refund', id(1)]], ['1122', 5, ['house', id(1)]]] }).then(() => undefined),
  'payment:P4': async (p) => void (await payment(p)),
  'payment:P5': async (p) => void (await bill(p, { paid_fen: 5 })),
  'payment:P6': async (p) => void (await p.row('payment.intent', { amount_fen: 5, state: 'succeeded', account_id: id(1) })),
  'payment:P8': async (p) => void (await payment(p, { refunding_fen: 5 })),
  'payment:P11': async (p) => void (await p.row('payment.shift', { state: 'closed', closed_at: p.scope.now, counted_at: p.scope.now, float_fen: 100, expected_fen: 101, counted_fen: 101, difference_fen: 0 })),
  'payment:PR1': async (p) => void (await p.row('payment.promotion', { kind: 'amount', min_fen: 100, gift_fen: 5, from_on: DAY, to_on: DAY, per_house: 1, refund_rule: 'keep', state: 'live', used_count: 1, given_fen: 5 })),
  'payment:PR2': async (p) => void (await p.row('payment.promotion_use', { paid_fen: 100, gift_fen: 5 })),
  'payment:PR3': async (p) => void (await p.row('payment.refund', { source: 'wallet', state: 'asked', amount_fen: 1, wallet_fen: 1, method: 'cash', gift_back_fen: 5 })),
  'payment:CP1': async (p) => void (await p.row('payment.coupon_use', { amount_fen: 5 })),
  'payment:CP2': async (p) => void (await p.row('payment.coupon', { state: 'used', house_id: id(1) })),
  'payment:P12': async (p) => void (await p.row('payment.receipt', { series: '收据-1999', no: 2, total_fen: 5 })),
  'payment:P12R': async (p) => {
    const x = await payment(p)
    await p.row('payment.receipt', { payment_id: x['payment_id'], series: '收据-1999', no: 1, total_fen: 99, receipt_no: x['receipt_no'] })
  },
  'payment:P13': async (p) => {
    const blue = await p.row('payment.invoice', { kind: 'blue', title_kind: 'person', amount_fen: 100, tax_fen: 0, state: 'asked' })
    await p.row('payment.invoice_line', { invoice_id: blue['invoice_id'], amount_fen: 90, tax_fen: 0, tax_rate: '0.06' })
  },
  'payment:P14': async (p) => {
    const b = await bill(p, { house_id: id(1) })
    const x = await payment(p, { house_id: id(2) })
    await p.row('payment.allocation', { payment_id: x['payment_id'], bill_id: b['bill_id'], period_on: '2026-01-01', amount_fen: 100 })
  },
  'payment:C5B': async (p) => void (await p.row('payment.bank_line', { state: 'matched', amount_fen: 100 })),
  'payment:C6': async (p) => {
    const x = await payment(p, { taken_on: DAY })
    await p.row('payment.tender', { payment_id: x['payment_id'], method: 'cash', amount_fen: 100 })
  },
  'payment:W3': async (p) => void (await p.row('payment.deposit', { method: 'cash', amount_fen: 100, held_fen: 60, refunded_fen: 40 })),

  'closing:C5': async (p) => {
    const b = await p.row('payment.channel_bill', { channel_id: id(1), kind: 'trade', bill_on: DAY, state: 'fetched', fetched_at: '2026-01-16T02:00:00Z' })
    await p.row('payment.channel_bill_line', { channel_bill_id: b['channel_bill_id'], channel_id: id(1), bill_on: DAY, kind: 'refund', amount_fen: -5 })
    await p.row('closing.recon_day', { channel_id: id(1), business_day: DAY, run_at: '2026-01-16T03:00:00Z' })
  },
  'closing:P10': async (p) => {
    const b = await p.row('payment.channel_bill', { channel_id: id(1), kind: 'trade', bill_on: DAY, state: 'fetched', fetched_at: '2026-01-16T02:00:00Z' })
    await p.row('payment.channel_bill_line', { channel_bill_id: b['channel_bill_id'], channel_id: id(1), bill_on: DAY, kind: 'pay', amount_fen: 5, provider_txn: 'T-1' })
    await p.row('closing.recon_day', { channel_id: id(1), business_day: DAY, run_at: '2026-01-16T03:00:00Z' })
  },
  'closing:D1': async (p) => void (await p.row('closing.day_close', { community_id: id(1), business_day: p.scope.today, received_fen: 5, figures_hash: 'planted' })),

  'funds:M1': async (p) => void (await p.row('funds.house_account', { house_id: id(1), balance_fen: 5 })),
  'funds:M2': (p) => journal(p, { book: 'fund', lines: [['4001', -5, ['house', id(1)]], ['1002', 5]] }).then(() => undefined),
  'funds:M3': (p) => journal(p, { book: 'fund', lines: [['1002', 5], ['6602', -5]] }).then(() => undefined),
  'funds:M4': async (p) => {
    const first = await p.row('funds.entry', { house_id: id(1), kind: 'first', amount_fen: 5 })
    await p.row('funds.entry', { house_id: id(1), kind: 'reversal', amount_fen: -4, reverses: first['entry_id'] })
  },
  'funds:M5': async (p) => void (await use(p, { state: 'shared', invoice_fen: 100 })),
  'funds:M6': async (p) => void (await use(p, { paid_fen: 5 })),
  'funds:M7': (p) => journal(p, { book: 'fund', lines: [['1221', 5, ['house', id(1)]], ['1002', -5]] }).then(() => undefined),
  'funds:M8': async (p) => void (await p.row('funds.interest_run', { from_on: '2025-01-01', to_on: '2026-01-01', total_fen: 5, state: 'draft', house_count: 1 })),
  'funds:M9': async (p) => void (await use(p, { state: 'contracted', contract_fen: 90 })),

  'bookings:V4': async (p) => {
    const unit = { resource_id: id(1), unit_no: 1, from_at: '2026-01-15T02:00:00Z', to_at: '2026-01-15T03:00:00Z', live: true }
    const b = await p.row('bookings.booking', { resource_id: id(1), source: 'app', state: 'confirmed', from_at: unit.from_at, to_at: unit.to_at, slot_count: 1, unit_count: 2, amount_fen: 0 })
    await p.row('bookings.booking_unit', { ...unit, booking_id: b['booking_id'] })
  },
}

import { beforeAll, expect, it } from 'vitest'
import { sql } from 'kysely'
import { setClock } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { sealText } from '../../../kernel/seal.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { sweepLedger } from '../../ledger/server/index.ts'
import { settle } from '../../payment/server/settle.ts'
import { system } from '../../system/contract.ts'
import { closing } from '../contract.ts'
import { closingSweep } from './index.ts'
import { reconSchedule } from './recon_answers.ts'

let t: TestApp
let s: Seed
const channel_id = uuidv7()
const DAY = '2026-03-10'
const moveTo = async (iso: string) => {
  setClock(iso)
  await t.app.d.pool.query(`update identity.session set seen_at = $1, expires_at = $1::timestamptz + interval '1 day'`, [iso])
}
const broken = () => t.inside(async (x) => [...(await sweepLedger(x)), ...(await closingSweep(x))].filter((c) => !c.ok).map((c) => c.code))
let orders = 0
/** An order paid at an instant, as the channel told us. */
async function paid(txn: string, fen: number, at: string): Promise<void> {
  await t.inside(async (x) => {
    const out_trade_no = `O${++orders}`
    const h = s.houses[orders % 3]!
    await x.db.insertInto('payment.intent').values({ company_id: x.company_id, intent_id: uuidv7(), out_trade_no, channel_id, community_id: s.community_id, house_id: h.house_id, account_id: uuidv7(), payer_name: h.name, amount_fen: fen, prepay_fen: fen, state: 'pending', created_at: at, expires_at: at, next_check_at: at }).execute()
    await settle(x, { channel_id, out_trade_no, provider_txn: txn, captured_fen: fen, paid_at: at })
  })
}
/** The channel's bill of a day. */
async function bill(on: string, lines: [txn: string, fen: number][], fetched_at: string, fee = 1): Promise<void> {
  await t.inside(async (x) => {
    const channel_bill_id = uuidv7()
    await x.db.insertInto('payment.channel_bill').values({ company_id: x.company_id, channel_bill_id, channel_id, kind: 'trade', bill_on: on, state: 'fetched', line_count: lines.length, next_try_at: fetched_at, fetched_at, created_at: fetched_at }).execute()
    for (const [i, [provider_txn, amount_fen]] of lines.entries())
      await sql`insert into payment.channel_bill_line (company_id, channel_bill_id, line_no, channel_id, bill_on, kind, at, provider_txn, amount_fen, fee_fen, business, raw) values (${x.company_id}, ${channel_bill_id}, ${i + 1}, ${channel_id}, ${on}, 'pay', ${fetched_at}, ${provider_txn}, ${amount_fen}, ${fee}, '交易', '{}')`.execute(x.db)
  })
}
const items = async (state?: 'open' | 'closed') => (await t.as('finance')(closing.reconItems, { page_size: 100, ...(state ? { state } : {}) })).rows
const told = async (state?: 'open' | 'closed') => (await items(state)).map((i) => [i.reference, i.kind, i.difference_fen]).sort()

beforeAll(async () => {
  setClock('2026-03-10T02:00:00Z')
  t = await testApp()
  s = await t.inside((x) => seedMoney(x))
  await t.inside((x) => x.db.insertInto('payment.channel').values({ company_id: x.company_id, channel_id, kind: 'wechat', name: '微信支付', simulated: true, config_sealed: sealText('{}'), mch_id: '1900000001', enabled_at: x.now, created_at: x.now }).execute())
})

it('pairs what agrees, and makes each difference an item of its kind, once', async () => {
  await paid('A', 1000, '2026-03-10T02:00:00Z')
  await paid('B', 2000, '2026-03-10T03:00:00Z')
  await paid('C', 3000, '2026-03-10T04:00:00Z')
  // Told to us just after midnight, billed the day before.
  await paid('D', 4000, '2026-03-10T16:00:01Z')
  await moveTo('2026-03-11T03:00:00Z')
  await expectRefused(t.as('finance')(closing.runRecon, { channel_id, business_day: DAY }), 'closing.no_bill')
  await bill(DAY, [['A', 1000], ['B', 2100], ['D', 4000], ['X', 500]], '2026-03-11T02:30:00Z')
  await runSchedule(t.app, reconSchedule)
  expect(await told()).toEqual([['B', 'amount', 100], ['C', 'only_ours', -3000], ['D', 'time', 0], ['X', 'only_theirs', 500]])
  expect(await told('open')).toEqual([['B', 'amount', 100], ['C', 'only_ours', -3000], ['X', 'only_theirs', 500]])
  const [row] = (await t.as('finance')(closing.reconDays, {})).rows
  expect(row).toMatchObject({ business_day: DAY, our_count: 3, our_fen: 6000, their_count: 4, their_fen: 7600, paired_count: 3, fee_fen: 4, open_count: 3, item_count: 4 })
  await t.as('finance')(closing.runRecon, { channel_id, business_day: DAY })
  expect(await items()).toHaveLength(4)
  expect(await broken()).toEqual([])
  expect((await t.as('other_admin')(closing.reconItems, {})).rows).toEqual([])
  await expectRefused(t.as('cashier')(closing.reconDays, {}), 'kernel.forbidden')
})

it('closes by itself what finds its other half later, on either side', async () => {
  await paid('X', 500, '2026-03-10T08:00:00Z')
  await moveTo('2026-03-12T03:00:00Z')
  await bill('2026-03-11', [['C', 3000]], '2026-03-12T02:30:00Z')
  await runSchedule(t.app, reconSchedule)
  await t.as('finance')(closing.runRecon, { channel_id, business_day: DAY })
  expect(await told('open')).toEqual([['B', 'amount', 100]])
  expect((await items('closed')).filter((i) => i.close_how === 'paired').map((i) => i.reference).sort()).toEqual(['C', 'C', 'D', 'X'])
  expect(await broken()).toEqual([])
})

it('is owned, aged, and closed with a reason or a journal', async () => {
  const [i] = await items('open')
  expect(i).toMatchObject({ age_days: 2, can: { close: true } })
  const owner = (await t.hire('finance')).account_id
  await t.as('finance')(closing.assignItems, { item_ids: [i!.item_id], owner_id: owner })
  expect((await items('open'))[0]!.owner_id).toBe(owner)
  await expectRefused(t.as('finance')(closing.closeItem, { item_id: i!.item_id, how: 'fee', note: '手续费' }), 'closing.not_a_fee')
  const { journal_id } = await t.as('finance')(closing.closeItem, { item_id: i!.item_id, how: 'suspense', note: '渠道多收一元,待查' })
  expect(journal_id).not.toBeNull()
  await expectRefused(t.as('finance')(closing.closeItem, { item_id: i!.item_id, how: 'reason', note: '重复' }), 'closing.item_closed')
  expect((await items('closed')).find((x) => x.item_id === i!.item_id)).toMatchObject({ close_how: 'suspense', journal_id, closed_by_name: expect.any(String) })
  expect(await broken()).toEqual([])
})

it('pairs the bank by amount, takes a pasted line once, and says what did not come within a week', async () => {
  const lines = [{ received_on: '2026-03-11', amount_fen: 7600 - 4, reference: '微信结算', counterparty: '财付通' }, { received_on: '2026-03-11', amount_fen: 88, reference: '不明', counterparty: '某人' }]
  expect(await t.as('finance')(closing.addBankLines, { account: '工行 1234', lines })).toEqual({ added_count: 2, known_count: 0 })
  expect(await t.as('finance')(closing.addBankLines, { account: '工行 1234', lines })).toEqual({ added_count: 0, known_count: 2 })
  await moveTo('2026-03-25T03:00:00Z')
  await t.as('finance')(closing.runRecon, { channel_id, business_day: DAY })
  expect((await t.as('finance')(closing.bankLines, {})).rows.map((b) => [b.amount_fen, b.paired_with])).toEqual(expect.arrayContaining([[7596, `微信支付 ${DAY}`], [88, null]]))
  expect((await items('open')).filter((i) => i.leg === 'bank').map((i) => [i.kind, i.our_fen, i.their_fen]).sort()).toEqual([['only_ours', 2999, 0], ['only_theirs', 0, 88]])
  expect((await t.as('finance')(closing.reconDays, {})).rows.find((r) => r.business_day === DAY)!.bank_fen).toBe(7596)
})

it('pairs a line of an imported statement that the channel sent, books payout and fee, and leaves a resident alone who transferred the same sum', async () => {
  const on = '2026-03-24'
  await paid('P1', 5000, '2026-03-24T02:00:00Z')
  // An order for two houses: one transaction of the provider, two rows of ours.
  await paid('M', 1000, '2026-03-24T03:00:00Z')
  await t.inside((x) => sql`insert into payment.settlement (company_id, settlement_id, channel_id, provider_txn, part_no, intent_id, captured_fen, paid_at, payment_id, settled_at)
    select company_id, ${uuidv7()}, channel_id, provider_txn, 2, intent_id, 2000, paid_at, payment_id, settled_at from payment.settlement where company_id = ${x.company_id} and provider_txn = 'M'`.execute(x.db))
  await bill(on, [['P1', 5000], ['M', 3000]], '2026-03-25T02:30:00Z')
  const [sent, other] = [uuidv7(), uuidv7()]
  await t.inside(async (x) => {
    const account_id = uuidv7()
    await x.db.insertInto('payment.bank_account').values({ company_id: x.company_id, account_id, community_id: s.community_id, name: '安居物业', bank: '工商银行', account_no: '6222000011112222', created_at: x.now }).execute()
    const line = (line_id: string, counter_name: string) => ({ company_id: x.company_id, line_id, account_id, community_id: s.community_id, line_key: line_id, booked_on: '2026-03-25', amount_fen: 7998, counter_name, state: 'new', created_at: x.now })
    await x.db.insertInto('payment.bank_line').values([line(other, '张三'), line(sent, '财付通支付科技有限公司')]).execute()
  })
  await t.as('finance')(closing.runRecon, { channel_id, business_day: on })
  await t.as('finance')(closing.runRecon, { channel_id, business_day: on })
  expect((await items()).filter((i) => i.business_day === on)).toEqual([])
  expect((await t.as('finance')(closing.reconDays, {})).rows.find((r) => r.business_day === on)).toMatchObject({ our_count: 2, our_fen: 8000, their_fen: 8000, fee_fen: 2, due_fen: 7998, bank_fen: 7998, bank_on: '2026-03-25', open_count: 0 })
  const lines = await t.inside(async (x) => x.db.selectFrom('payment.bank_line').select(['line_id', 'state', 'note']).where('company_id', '=', x.company_id).execute())
  expect(lines.find((l) => l.line_id === sent)).toMatchObject({ state: 'channel', note: '2026-03-24 渠道结算' })
  expect(lines.find((l) => l.line_id === other)).toMatchObject({ state: 'new' })
  expect((await t.as('finance')(closing.bankLines, { our_day: on })).rows).toMatchObject([{ amount_fen: 7998, imported: true }])
  const booked = await t.inside(async (x) => (await sql<{ kind: string; account_code: string; amount_fen: number }>`select j.kind, p.account_code, p.amount_fen from ledger.journal j join ledger.posting p on p.company_id = j.company_id and p.journal_id = j.journal_id
    where j.company_id = ${x.company_id} and (j.source_id = ${`l:${sent}`} or j.source_id = ${`${channel_id}:${on}`}) order by 1, 2`.execute(x.db)).rows)
  expect(booked).toEqual([{ kind: 'channel_fee', account_code: '1012', amount_fen: -2 }, { kind: 'channel_fee', account_code: '6603', amount_fen: 2 }, { kind: 'channel_payout', account_code: '1002', amount_fen: 7998 }, { kind: 'channel_payout', account_code: '1012', amount_fen: -7998 }])
  expect(await broken()).toEqual([])
})

it('takes a wrong pair off with a reason, reverses what was booked, and leaves that receipt to people', async () => {
  const [line] = (await t.as('finance')(closing.bankLines, { our_day: '2026-03-24' })).rows
  const their_key = line!.their_key
  await expectRefused(t.as('cashier')(closing.unpairBank, { their_key, reason: '金额碰巧相同' }), 'kernel.forbidden')
  await expectRefused(t.as('finance')(closing.pairBank, { their_key, our_key: 'n:x' }), 'closing.paired_already')
  const two = await Promise.allSettled([1, 2].map(() => t.as('finance')(closing.unpairBank, { their_key, reason: '金额碰巧相同' })))
  expect(two.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
  const cleared = () => t.inside(async (x) => (await sql<{ fen: number }>`select coalesce(sum(amount_fen), 0)::bigint as fen from ledger.posting p join ledger.journal j on j.company_id = p.company_id and j.journal_id = p.journal_id where p.company_id = ${x.company_id} and j.source_type = 'recon_pair' and j.source_id like ${`${their_key}%`} and p.account_code = '1002'`.execute(x.db)).rows[0]!.fen)
  expect(await cleared()).toBe(0)
  const state = async () => t.inside(async (x) => (await x.db.selectFrom('payment.bank_line').select('state').where('company_id', '=', x.company_id).where('line_id', '=', their_key.slice(2)).executeTakeFirstOrThrow()).state)
  expect(await state()).toBe('new')
  const shown = (await t.as('finance')(closing.bankLines, { page_size: 100 })).rows.find((r) => r.their_key === their_key)!
  expect(shown).toMatchObject({ paired_with: null, undone: [{ our_day: '2026-03-24', reason: '金额碰巧相同', undone_by_name: expect.any(String) }], can: { pair: true, unpair: 'closing.not_paired' } })
  expect((await t.as('finance')(closing.reconDays, {})).rows.find((r) => r.business_day === '2026-03-24')!.bank_fen).toBeNull()
  // The same pair is not made again by itself.
  await t.as('finance')(closing.runRecon, { channel_id, business_day: '2026-03-24' })
  expect(await state()).toBe('new')
  const offered = (await t.as('finance')(closing.payoutsFor, { their_key })).rows
  expect(offered).toMatchObject([{ our_day: '2026-03-24', amount_fen: 7998 }])
  await expectRefused(t.as('finance')(closing.pairBank, { their_key, our_key: 'n:none' }), 'closing.payout_gone')
  await t.as('finance')(closing.pairBank, { their_key, our_key: offered[0]!.our_key })
  expect([await state(), await cleared()]).toEqual(['channel', 7998])
  await expectRefused(t.as('other_admin')(closing.unpairBank, { their_key, reason: '别家公司' }), 'closing.not_paired')
  await t.as('finance')(closing.unpairBank, { their_key, reason: '再撤一次' })
  await t.as('finance')(closing.pairBank, { their_key, our_key: offered[0]!.our_key })
  expect(await cleared()).toBe(7998)
  expect(await broken()).toEqual([])
})

it('knows a channel by the names of the setting, from the day it says', async () => {
  const on = '2026-03-23'
  await paid('S1', 4321, '2026-03-23T02:00:00Z')
  await bill(on, [['S1', 4321]], '2026-03-25T03:30:00Z', 0)
  const line_id = uuidv7()
  await t.inside(async (x) => {
    const { account_id } = await x.db.selectFrom('payment.bank_account').select('account_id').where('company_id', '=', x.company_id).executeTakeFirstOrThrow()
    await x.db.insertInto('payment.bank_line').values({ company_id: x.company_id, line_id, account_id, community_id: s.community_id, line_key: line_id, booked_on: '2026-03-24', amount_fen: 4321, counter_name: '网银在线50%_代付', state: 'new', created_at: x.now }).execute()
  })
  const run = () => t.as('finance')(closing.runRecon, { channel_id, business_day: on })
  const state = async () => t.inside(async (x) => (await x.db.selectFrom('payment.bank_line').select('state').where('company_id', '=', x.company_id).where('line_id', '=', line_id).executeTakeFirstOrThrow()).state)
  await run()
  expect(await state()).toBe('new')
  await t.as('admin')(system.saveSetting, { key: 'payment.wechat_senders', value: '财付通、50%_代付', from_on: '2026-03-26' })
  await run()
  expect(await state()).toBe('new')
  await moveTo('2026-03-26T03:00:00Z')
  await run()
  expect(await state()).toBe('channel')
})

it('finds a line that got lost', async () => {
  await t.inside((x) => sql`insert into payment.channel_bill_line (company_id, channel_bill_id, line_no, channel_id, bill_on, kind, at, provider_txn, amount_fen, fee_fen, business, raw) select company_id, channel_bill_id, 99, channel_id, bill_on, 'pay', now(), 'LOST', 1, 0, '交易', '{}' from payment.channel_bill where company_id = ${x.company_id} and bill_on = ${DAY}::date`.execute(x.db))
  expect(await broken()).toEqual(['C5', 'P10'])
})

import { createHash } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile, type Schedule } from '../../../kernel/app.ts'
import { dayOf, daysBetween } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { post } from '../../ledger/server/index.ts'
import { channelSenders, sentByChannel, type Senders } from '../../payment/server/index.ts'
import { closing } from '../contract.ts'
import { words } from '../words.ts'
import { wholeCompany } from './access.ts'
import { dueDays, reconcile } from './recon.ts'
import { bankPairAnswers } from './recon_bank.ts'

const EXCEL_MAX = 50_000
const and = (w: RawBuilder<unknown>[]) => sql.join(w, sql` and `)
const word = (list: string, key: string): string => words.states![list]![key] ?? key

const days = answer(closing.reconDays, async (scope, { page, page_size, ...f }) => {
  wholeCompany(scope)
  const c = scope.company_id
  const w: RawBuilder<unknown>[] = [sql`d.company_id = ${c}`]
  if (f.from_on) w.push(sql`d.business_day >= ${f.from_on}::date`)
  if (f.to_on) w.push(sql`d.business_day <= ${f.to_on}::date`)
  if (f.channel_id) w.push(sql`d.channel_id = ${f.channel_id}`)
  if (f.open) w.push(sql`exists (select from closing.recon_item i where i.company_id = ${c} and i.channel_id = d.channel_id and i.business_day = d.business_day and i.state = 'open')`)
  const { rows: n } = await sql<{ total: number; our: number; their: number; fee: number; open: number }>`select count(*)::int as total, coalesce(sum(d.our_fen), 0)::bigint as our, coalesce(sum(d.their_fen), 0)::bigint as their, coalesce(sum(d.fee_fen), 0)::bigint as fee,
    (select count(*)::int from closing.recon_item i where i.company_id = ${c} and i.state = 'open') as open from closing.recon_day d where ${and(w)}`.execute(scope.db)
  const { rows } = await sql<{ channel_id: string; channel_name: string; business_day: string; our_count: number; our_fen: number; their_count: number; their_fen: number; fee_fen: number; paired_count: number; due_fen: number; bank_on: string | null; bank_fen: number | null; open_count: number; item_count: number; run_at: string }>`
    with page as materialized (select d.* from closing.recon_day d where ${and(w)} order by d.business_day desc, d.channel_id limit ${page_size} offset ${(page - 1) * page_size})
    select d.channel_id, n.name as channel_name, d.business_day, d.our_count, d.our_fen, d.their_count, d.their_fen, d.fee_fen, d.paired_count, d.run_at, case when exists (select from payment.channel_bill_line l where l.company_id = ${c} and l.channel_id = d.channel_id and l.kind = 'payout') then coalesce((select sum(abs(l.amount_fen))::bigint from payment.channel_bill_line l where l.company_id = ${c} and l.channel_id = d.channel_id and l.bill_on = d.business_day and l.kind = 'payout'), 0) else greatest(0, d.their_fen - d.fee_fen) end as due_fen,
      (select max(p.their_day) from closing.recon_pair p where p.company_id = ${c} and p.leg = 'bank' and p.channel_id = d.channel_id and p.our_day = d.business_day) as bank_on,
      (select sum(p.their_fen)::bigint from closing.recon_pair p where p.company_id = ${c} and p.leg = 'bank' and p.channel_id = d.channel_id and p.our_day = d.business_day) as bank_fen, i.open_count, i.item_count
    from page d join payment.channel n on n.company_id = ${c} and n.channel_id = d.channel_id
    cross join lateral (select count(*) filter (where i.state = 'open')::int as open_count, count(*)::int as item_count from closing.recon_item i where i.company_id = ${c} and i.channel_id = d.channel_id and i.business_day = d.business_day) i
    order by d.business_day desc, d.channel_id`.execute(scope.db)
  return { rows, total: n[0]!.total, our_fen_sum: n[0]!.our, their_fen_sum: n[0]!.their, fee_fen_sum: n[0]!.fee, open_sum: n[0]!.open }
})

interface Filter {
  state?: 'open' | 'closed' | undefined
  leg?: string | undefined
  kind?: string | undefined
  channel_id?: string | undefined
  business_day?: string | undefined
  mine?: boolean | undefined
}
function itemsWhere(scope: Scope, f: Filter): RawBuilder<unknown> {
  const w: RawBuilder<unknown>[] = [sql`i.company_id = ${scope.company_id}`]
  for (const k of ['state', 'leg', 'kind'] as const) if (f[k]) w.push(sql`${sql.ref(`i.${k}`)} = ${f[k]}`)
  if (f.channel_id) w.push(sql`i.channel_id = ${f.channel_id}`)
  if (f.business_day) w.push(sql`i.business_day = ${f.business_day}::date`)
  if (f.mine) w.push(sql`i.owner_id = ${scope.who.account_id}::uuid`)
  return and(w)
}
interface ItemRead {
  item_id: string
  leg: 'channel' | 'bank'
  kind: 'only_ours' | 'only_theirs' | 'amount' | 'time' | 'fee'
  channel_id: string | null
  channel_name: string | null
  business_day: string
  reference: string
  our_fen: number
  their_fen: number
  difference_fen: number
  payment_id: string | null
  their_key: string | null
  state: 'open' | 'closed'
  owner_id: string | null
  opened_at: string
  closed_at: string | null
  closed_by: string | null
  close_how: 'paired' | 'reason' | 'suspense' | 'fee' | null
  close_note: string | null
  journal_id: string | null
}
async function itemRows(scope: Scope, f: Filter, limit: number, offset: number) {
  const c = scope.company_id
  const { rows } = await sql<ItemRead>`
    with page as materialized (select i.* from closing.recon_item i where ${itemsWhere(scope, f)} order by (i.state = 'open') desc, i.business_day desc, i.item_id limit ${limit} offset ${offset})
    select i.item_id, i.leg, i.kind, i.channel_id, n.name as channel_name, i.business_day, i.reference, i.our_fen, i.their_fen, i.difference_fen, i.payment_id, i.their_key, i.state, i.owner_id, i.opened_at, i.closed_at, i.closed_by, i.close_how, i.close_note, i.journal_id
    from page i left join payment.channel n on n.company_id = ${c} and n.channel_id = i.channel_id order by (i.state = 'open') desc, i.business_day desc, i.item_id`.execute(scope.db)
  const names = await memberNames(scope, rows.flatMap((r) => [r.owner_id, r.closed_by]))
  const may = mayDo(scope.who, 'closing.recon.work')
  return rows.map(({ their_key, closed_by, ...r }) => ({
    ...r, age_days: Math.max(0, daysBetween(r.business_day, r.closed_at ? dayOf(r.closed_at) : scope.today)), owner_name: (r.owner_id && names.get(r.owner_id)) || null, closed_by_name: r.closed_at ? ((closed_by && names.get(closed_by)) || '系统') : null,
    channel_bill_id: their_key?.startsWith('c:') ? their_key.split(':')[1]! : null,
    can: { close: !may ? 'kernel.forbidden' : r.state === 'closed' ? 'closing.item_closed' : (true as const) },
  }))
}
async function itemSums(scope: Scope, f: Filter): Promise<{ total: number; difference_fen_sum: number }> {
  const { rows } = await sql<{ total: number; difference_fen_sum: number }>`select count(*)::int as total, coalesce(sum(i.difference_fen), 0)::bigint as difference_fen_sum from closing.recon_item i where ${itemsWhere(scope, f)}`.execute(scope.db)
  return rows[0]!
}

const items = answer(closing.reconItems, async (scope, { page, page_size, ...f }) => {
  wholeCompany(scope)
  return { rows: await itemRows(scope, f, page_size, (page - 1) * page_size), ...(await itemSums(scope, f)) }
})
const itemsExcel = answerFile(closing.reconItemsExcel, async (scope, f) => {
  wholeCompany(scope)
  const rows = await itemRows(scope, f, EXCEL_MAX, 0)
  const body = await writeSheet({
    sheets: [
      {
        name: '对账差异',
        columns: [
          { title: '对账日', kind: 'day' }, { title: '渠道', kind: 'text' }, { title: '环节', kind: 'text' }, { title: '类别', kind: 'text' }, { title: '单号', kind: 'text' }, { title: '我方', kind: 'money_fen' }, { title: '对方', kind: 'money_fen' }, { title: '差额', kind: 'money_fen' },
          { title: '天数', kind: 'int' }, { title: '负责人', kind: 'text' }, { title: '状态', kind: 'text' }, { title: '结清方式', kind: 'text' }, { title: '说明', kind: 'text' },
        ],
        rows: rows.map((r) => [r.business_day, r.channel_name, word('leg', r.leg), word('item_kind', r.kind), r.reference, r.our_fen, r.their_fen, r.difference_fen, r.age_days, r.owner_name, word('item_state', r.state), r.close_how ? word('close_how', r.close_how) : '', r.close_note]),
        totals: ['合计', null, null, null, null, rows.reduce((n, r) => n + r.our_fen, 0), rows.reduce((n, r) => n + r.their_fen, 0), rows.reduce((n, r) => n + r.difference_fen, 0), null, null, null, null, null],
      },
    ],
  })
  return { name: `对账差异_${scope.today}.xlsx`, type: XLSX, body }
})

const run = answer(closing.runRecon, async (scope, { channel_id, business_day }) => {
  wholeCompany(scope)
  const c = scope.company_id
  const bill = await scope.db.selectFrom('payment.channel_bill').select('state').where('company_id', '=', c).where('channel_id', '=', channel_id).where('kind', '=', 'trade').where('bill_on', '=', business_day).executeTakeFirst()
  if (!bill || (bill.state !== 'fetched' && bill.state !== 'none')) throw scope.refuse('closing.no_bill', { day: business_day })
  await reconcile(scope, channel_id, business_day)
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from closing.recon_item where company_id = ${c} and channel_id = ${channel_id} and business_day = ${business_day}::date and state = 'open'`.execute(scope.db)
  scope.note('recon_day', `${channel_id} ${business_day}`, { open_count: rows[0]!.n })
  return { open_count: rows[0]!.n }
})

const assign = answer(closing.assignItems, async (scope, { item_ids, owner_id }) => {
  wholeCompany(scope)
  if (owner_id && !(await memberNames(scope, [owner_id])).has(owner_id)) throw scope.refuse('closing.owner_unknown')
  const r = await sql`update closing.recon_item set owner_id = ${owner_id}::uuid where company_id = ${scope.company_id} and item_id = any(${item_ids}::uuid[]) and state = 'open'`.execute(scope.db)
  scope.note('recon_item', item_ids[0]!, { owner_id, count: item_ids.length })
  return { count: Number(r.numAffectedRows ?? 0n) }
})

/** With a reason, or by a journal: unexplained money into suspense (待查款, 2241), a channel's fee into cost. */
const close = answer(closing.closeItem, async (scope, { item_id, how, note }) => {
  wholeCompany(scope)
  const c = scope.company_id
  const i = await scope.db.selectFrom('closing.recon_item').selectAll().where('company_id', '=', c).where('item_id', '=', item_id).forUpdate().executeTakeFirst()
  if (!i) throw scope.notFound()
  if (i.state === 'closed') throw scope.refuse('closing.item_closed')
  const fen = i.difference_fen ?? 0
  if (how !== 'reason' && fen === 0) throw scope.refuse('closing.no_difference')
  if (how === 'fee' && fen > 0) throw scope.refuse('closing.not_a_fee')
  const account = i.leg === 'bank' ? '1002' : '1012'
  const journal_id =
    how === 'reason'
      ? null
      : (await post(scope, { book: 'company', booked_on: scope.today, kind: 'difference', source_type: 'difference', source_id: item_id, note: `对账差异 ${i.business_day} ${i.reference} ${note}`.slice(0, 200), lines: [{ account_code: account, amount_fen: fen }, { account_code: how === 'fee' ? '6603' : '2241', amount_fen: -fen }] })).journal_id
  await scope.db.updateTable('closing.recon_item').set({ state: 'closed', closed_at: scope.now, closed_by: scope.who.account_id, close_how: how, close_note: note, journal_id }).where('company_id', '=', c).where('item_id', '=', item_id).execute()
  scope.note('recon_item', item_id, { how, note, difference_fen: fen, journal_id })
  return { journal_id }
})

/** Typed-in receipts, and lines of imported statements that channels sent. */
const RECEIPTS = (c: number, by: Senders) => sql`(
  select 'b:' || b.bank_line_id as key, b.bank_line_id, b.account, b.received_on, b.amount_fen, b.reference, b.counterparty, b.added_at, false as imported from closing.bank_line b where b.company_id = ${c}
  union all
  select 'l:' || l.line_id, l.line_id, a.bank || ' ' || right(a.account_no, 4), l.booked_on, l.amount_fen, coalesce(l.reference, l.memo, ''), coalesce(l.counter_name, ''), l.created_at, true from payment.bank_line l join payment.bank_account a on a.company_id = ${c} and a.account_id = l.account_id
    where l.company_id = ${c} and l.amount_fen > 0 and (l.state = 'channel' or l.state in ('new','suspense') and ${sentByChannel(by, 'l')}))`
const bankLines = answer(closing.bankLines, async (scope, { page, page_size, ...f }) => {
  wholeCompany(scope)
  const c = scope.company_id
  const by = await channelSenders(scope)
  const w: RawBuilder<unknown>[] = [sql`true`]
  if (f.from_on) w.push(sql`b.received_on >= ${f.from_on}::date`)
  if (f.to_on) w.push(sql`b.received_on <= ${f.to_on}::date`)
  if (f.account) w.push(sql`b.account = ${f.account}`)
  const paired = sql`(select n.name || ' ' || p.our_day from closing.recon_pair p join payment.channel n on n.company_id = ${c} and n.channel_id = p.channel_id where p.company_id = ${c} and p.their_key = b.key)`
  if (f.open) w.push(sql`not exists (select from closing.recon_pair p where p.company_id = ${c} and p.their_key = b.key)`)
  if (f.our_day) w.push(sql`exists (select from closing.recon_pair p where p.company_id = ${c} and p.their_key = b.key and p.our_day = ${f.our_day}::date and (${f.channel_id ?? null}::uuid is null or p.channel_id = ${f.channel_id ?? null}::uuid))`)
  const { rows: n } = await sql<{ total: number; amount_fen_sum: number }>`select count(*)::int as total, coalesce(sum(b.amount_fen), 0)::bigint as amount_fen_sum from ${RECEIPTS(c, by)} b where ${and(w)}`.execute(scope.db)
  const { rows } = await sql<{ their_key: string; bank_line_id: string; account: string; received_on: string; amount_fen: number; reference: string; counterparty: string; imported: boolean; paired_with: string | null; added_at: string }>`select b.key as their_key, b.bank_line_id, b.account, b.received_on, b.amount_fen, b.reference, b.counterparty, b.imported, b.added_at, ${paired} as paired_with
    from ${RECEIPTS(c, by)} b where ${and(w)} order by b.received_on desc, b.bank_line_id desc limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)
  const undone = await undoneOf(scope, rows.map((r) => r.their_key))
  const may = mayDo(scope.who, 'closing.recon.work')
  return {
    rows: rows.map((r) => ({ ...r, undone: (undone.get(r.their_key) ?? []).map(({ their_key: _, ...u }) => u), can: { unpair: !may ? 'kernel.forbidden' : r.paired_with ? (true as const) : 'closing.not_paired', pair: !may ? 'kernel.forbidden' : r.paired_with ? 'closing.paired_already' : (true as const) } })),
    ...n[0]!,
  }
})

/** Pairs that were taken off again, the newest first. */
async function undoneOf(scope: Scope, keys: readonly string[]) {
  const c = scope.company_id
  const { rows } = await sql<{ their_key: string; channel_name: string; our_day: string; reason: string; undone_by: string; undone_at: string }>`select u.their_key, n.name as channel_name, u.our_day, u.reason, u.undone_by, u.undone_at from closing.recon_unpair u join payment.channel n on n.company_id = ${c} and n.channel_id = u.channel_id where u.company_id = ${c} and u.their_key = any(${[...keys]}::text[]) order by u.undone_at desc limit 1000`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.undone_by))
  return Map.groupBy(rows.map(({ undone_by, ...r }) => ({ ...r, undone_by_name: names.get(undone_by) ?? '' })), (r) => r.their_key)
}

const addBank = answer(closing.addBankLines, async (scope, { account, lines }) => {
  wholeCompany(scope)
  // Two alike on one day are two lines: the number of the repetition is part of the key.
  const seen = new Map<string, number>()
  const rows = lines.filter((l) => l.amount_fen !== 0).map((l) => {
    const text = [l.received_on, l.amount_fen, l.reference, l.counterparty].join('|')
    const n = (seen.get(text) ?? 0) + 1
    seen.set(text, n)
    return { ...l, bank_line_id: uuidv7(), line_key: createHash('sha256').update(`${text}|${n}`).digest('hex').slice(0, 32) }
  })
  const r = await sql`insert into closing.bank_line (company_id, bank_line_id, account, received_on, amount_fen, reference, counterparty, line_key, added_by, added_at)
    select ${scope.company_id}::bigint, l.bank_line_id, ${account}, l.received_on, l.amount_fen, l.reference, l.counterparty, l.line_key, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as l(bank_line_id uuid, received_on date, amount_fen bigint, reference text, counterparty text, line_key text) on conflict do nothing`.execute(scope.db)
  const added_count = Number(r.numAffectedRows ?? 0n)
  scope.note('bank_line', account, { added_count })
  return { added_count, known_count: rows.length - added_count }
})

/** Each half hour: every day whose bill has come, once, and again when it came anew. */
export const reconSchedule: Schedule = {
  name: 'closing.recon',
  every_s: 1800,
  of: 'company',
  run: async (work) => {
    for (const d of await work.tx(dueDays)) await work.tx((scope) => reconcile(scope, d.channel_id, d.bill_on))
  },
}
export const reconAnswers = [days, items, itemsExcel, run, assign, close, bankLines, addBank, ...bankPairAnswers]

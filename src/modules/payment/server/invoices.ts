// Applying for electronic invoices (电子发票) and undoing them. An invoice is of payments of one house, each on one live invoice at most; its
// lines are what these payments paid of bills, by fee item, taxed as the item was on the day of payment. A reversal or a refund of a payment
// reds the whole invoice, and what is left of it can be applied for anew.
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, productFen, subtractDecimal, yuan } from '../../../kernel/money.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Listener } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import type { IssuerConfig } from '../contract_invoices.ts'
import { payment } from '../contract.ts'
import { myHouses, myPaymentsWhere, seen, wholeCompany } from './access.ts'
import { simulationAllowed } from './channels.ts'
import { toInvoice } from './invoiceable.ts'
import { httpIssuer } from './outside/invoice_port.ts'

interface Title {
  title_kind: 'person' | 'company'
  title: string
  tax_no?: string | undefined
  email?: string | undefined
  phone?: string | undefined
}
interface Paid {
  payment_id: string
  receipt_no: string
  taken_on: string
  community_id: string
  building_id: string
  house_id: string
  amount_fen: number
}
interface Part {
  fee_item_id: string
  fee_item_name: string
  goods_code: string | null
  goods_name: string | null
  tax_rate: string | null
  first_on: string
  last_on: string
  amount_fen: number
}

/** Prices contain the tax: of 106.00 at 6 % it is 6.00. */
export const taxOf = (amount_fen: number, tax_rate: string): number => amount_fen - productFen([yuan(fen(amount_fen))], [subtractDecimal('1', `-${tax_rate}`)])

async function apply(scope: Scope, payment_ids: readonly string[], o: Title, where: ReturnType<typeof sql<boolean>>): Promise<{ invoice_id: string; amount_fen: number; tax_fen: number }> {
  const c = scope.company_id
  if (o.title_kind === 'company' && !o.tax_no) throw scope.refuse('payment.tax_no_needed')
  const issuer = await scope.db.selectFrom('payment.invoice_issuer').select(['issuer_id']).where('company_id', '=', c).where('enabled_at', 'is not', null).executeTakeFirst()
  if (!issuer) throw scope.refuse('payment.no_issuer')
  const ids = [...new Set(payment_ids)].sort()
  // Locked by a statement of its own: who waited here must look with the snapshot of afterwards, or he would not see the invoice he waited for.
  const held = await sql`select from payment.payment p where p.company_id = ${c} and p.payment_id = any(${ids}::uuid[]) and ${where} order by p.payment_id for update`.execute(scope.db)
  if (held.rows.length !== ids.length) throw scope.notFound()
  const paid = await sql<Paid & { busy: string | null }>`
    select p.payment_id, p.receipt_no, p.taken_on, p.community_id, p.building_id, p.house_id,
      case when p.reversed_at is null then ${toInvoice(scope)} else 0 end as amount_fen,
      (select i.request_no from payment.invoice_payment x join payment.invoice i on i.company_id = ${c} and i.invoice_id = x.invoice_id where x.company_id = ${c} and x.payment_id = p.payment_id and x.live) as busy
    from payment.payment p where p.company_id = ${c} and p.payment_id = any(${ids}::uuid[]) order by p.payment_id`.execute(scope.db)
  const first = paid.rows[0]!
  if (paid.rows.some((p) => p.house_id !== first.house_id)) throw scope.refuse('payment.invoice_one_house')
  const taken = paid.rows.find((p) => p.busy !== null)
  if (taken) throw scope.refuse('payment.invoiced_already', { receipt_no: taken.receipt_no })
  const empty = paid.rows.find((p) => p.amount_fen <= 0)
  if (empty) throw scope.refuse('payment.nothing_to_invoice', { receipt_no: empty.receipt_no })
  const parts = await partsOf(scope, ids)
  const untaxed = parts.find((p) => p.goods_code === null)
  if (untaxed) throw scope.refuse('payment.no_tax_item', { item: untaxed.fee_item_name })
  const lines = parts.filter((p) => p.amount_fen > 0).map((p, i) => ({ line_no: i + 1, fee_item_id: p.fee_item_id, goods_code: p.goods_code!, goods_name: p.goods_name!, detail: `${p.fee_item_name} ${p.first_on.slice(0, 7)}${p.last_on.slice(0, 7) === p.first_on.slice(0, 7) ? '' : ` 至 ${p.last_on.slice(0, 7)}`}`, amount_fen: p.amount_fen, tax_rate: p.tax_rate!, tax_fen: taxOf(p.amount_fen, p.tax_rate!) }))
  const amount_fen = lines.reduce((n, l) => n + l.amount_fen, 0)
  const tax_fen = lines.reduce((n, l) => n + l.tax_fen, 0)
  const invoice_id = uuidv7()
  await scope.db
    .insertInto('payment.invoice')
    .values({
      company_id: c, invoice_id, request_no: invoice_id.replaceAll('-', ''), kind: 'blue', red_of: null, issuer_id: issuer.issuer_id, community_id: first.community_id, building_id: first.building_id, house_id: first.house_id,
      title_kind: o.title_kind, title: o.title, tax_no: o.tax_no ?? null, email: o.email ?? null, phone: o.phone ?? null, amount_fen, tax_fen, state: 'asked', next_try_at: scope.now, asked_by: scope.who.account_id, asked_at: scope.now,
    })
    .execute()
  await scope.db.insertInto('payment.invoice_payment').values(paid.rows.map((p) => ({ company_id: c, invoice_id, payment_id: p.payment_id, amount_fen: p.amount_fen }))).execute()
  await scope.db.insertInto('payment.invoice_line').values(lines.map((l) => ({ company_id: c, invoice_id, ...l }))).execute()
  scope.later({ name: 'payment.issue_invoice', payload: { invoice_id }, lane: `invoice:${invoice_id}` })
  scope.note('invoice', invoice_id, { amount_fen, tax_fen, receipts: paid.rows.map((p) => p.receipt_no) })
  return { invoice_id, amount_fen, tax_fen }
}

/** What these payments paid of bills and did not give back, by fee item and its tax on the day of payment. */
async function partsOf(scope: Scope, payment_ids: readonly string[]): Promise<Part[]> {
  const c = scope.company_id
  const r = await sql<Part>`
    with moved as (
      select p.taken_on, a.bill_id, a.period_on, a.amount_fen from payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id where a.company_id = ${c} and a.payment_id = any(${[...payment_ids]}::uuid[])
      union all
      select p.taken_on, l.bill_id, l.period_on, -l.amount_fen from payment.refund f join payment.refund_line l on l.company_id = ${c} and l.refund_id = f.refund_id join payment.payment p on p.company_id = ${c} and p.payment_id = f.payment_id
        where f.company_id = ${c} and f.payment_id = any(${[...payment_ids]}::uuid[]) and (f.state not in ('refused','cancelled') or f.state = 'cancelled' and f.decided_at is not null)
    )
    select i.fee_item_id, i.name as fee_item_name, t.goods_code, t.goods_name, t.tax_rate::text as tax_rate, min(m.period_on) as first_on, max(m.period_on) as last_on, sum(m.amount_fen)::bigint as amount_fen
    from moved m join billing.bill b on b.company_id = ${c} and b.period_on = m.period_on and b.bill_id = m.bill_id join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id
    left join lateral (select x.goods_code, x.goods_name, x.tax_rate from payment.tax_item x where x.company_id = ${c} and x.fee_item_id = i.fee_item_id and x.from_on <= m.taken_on order by x.from_on desc limit 1) t on true
    group by i.fee_item_id, i.name, t.goods_code, t.goods_name, t.tax_rate order by i.name, t.tax_rate`.execute(scope.db)
  return r.rows
}

interface Held {
  invoice_id: string
  request_no: string
  kind: string
  state: string
  invoice_no: string | null
}
async function lockInvoice(scope: Scope, invoice_id: string): Promise<Held> {
  const r = await scope.db.selectFrom('payment.invoice as i').select(['i.invoice_id', 'i.request_no', 'i.kind', 'i.state', 'i.invoice_no']).where('i.company_id', '=', scope.company_id).where('i.invoice_id', '=', invoice_id).where(seen(scope, 'i')).forUpdate().executeTakeFirst()
  if (!r) throw scope.notFound()
  return r
}

/** The red note of an issued invoice; one for ever, by the unique key. */
export async function makeRed(scope: Scope, invoice_id: string, reason: string): Promise<string> {
  const red_id = uuidv7()
  const made = await sql<{ invoice_id: string }>`
    insert into payment.invoice (company_id, invoice_id, request_no, kind, red_of, issuer_id, community_id, building_id, house_id, title_kind, title, tax_no, email, phone, amount_fen, tax_fen, state, reason, next_try_at, asked_by, asked_at)
    select company_id, ${red_id}::uuid, ${red_id.replaceAll('-', '')}, 'red', invoice_id, issuer_id, community_id, building_id, house_id, title_kind, title, tax_no, email, phone, amount_fen, tax_fen, 'asked', ${reason}, ${scope.now}::timestamptz, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz
    from payment.invoice where company_id = ${scope.company_id} and invoice_id = ${invoice_id} and kind = 'blue' and state = 'issued' on conflict (company_id, red_of) do nothing returning invoice_id`.execute(scope.db)
  if (made.rows.length === 0) throw new Refusal('payment.invoice_state', { state: '已红冲或未开具' })
  await sql`insert into payment.invoice_line select company_id, ${red_id}::uuid, line_no, fee_item_id, goods_code, goods_name, detail, amount_fen, tax_rate, tax_fen from payment.invoice_line where company_id = ${scope.company_id} and invoice_id = ${invoice_id}`.execute(scope.db)
  scope.later({ name: 'payment.issue_invoice', payload: { invoice_id: red_id }, lane: `invoice:${red_id}` })
  scope.note('invoice', red_id, { red_of: invoice_id, reason })
  return red_id
}
async function cancelAsked(scope: Scope, invoice_id: string): Promise<void> {
  await scope.db.updateTable('payment.invoice').set({ state: 'cancelled', next_try_at: null }).where('company_id', '=', scope.company_id).where('invoice_id', '=', invoice_id).execute()
  await scope.db.updateTable('payment.invoice_payment').set({ live: false }).where('company_id', '=', scope.company_id).where('invoice_id', '=', invoice_id).execute()
}

const redInvoice = answer(payment.redInvoice, async (scope, { invoice_id, reason }) => {
  await lockInvoice(scope, invoice_id)
  return { invoice_id: await makeRed(scope, invoice_id, reason) }
})
const retryInvoice = answer(payment.retryInvoice, async (scope, { invoice_id }) => {
  const i = await lockInvoice(scope, invoice_id)
  if (i.state !== 'failed' && i.state !== 'issuing') throw scope.refuse('payment.invoice_state', { state: i.state })
  await scope.db.updateTable('payment.invoice').set({ next_try_at: scope.now }).where('company_id', '=', scope.company_id).where('invoice_id', '=', invoice_id).execute()
  scope.later({ name: 'payment.issue_invoice', payload: { invoice_id }, lane: `invoice:${invoice_id}` })
  scope.note('invoice', invoice_id, { retry: true })
  return { state: i.state as 'failed' }
})
/** Only what the issuer has never been asked for, or has refused: else it may exist there. */
const cancelInvoice = answer(payment.cancelInvoice, async (scope, { invoice_id }) => {
  const i = await lockInvoice(scope, invoice_id)
  if (i.kind !== 'blue' || (i.state !== 'asked' && i.state !== 'failed')) throw scope.refuse('payment.invoice_state', { state: i.state })
  await cancelAsked(scope, invoice_id)
  scope.note('invoice', invoice_id, { cancelled: true })
  return { state: 'cancelled' as const }
})

const applyInvoice = answer(payment.applyInvoice, (scope, { payment_ids, request_id: _r, dry_run: _d, ...o }) => apply(scope, payment_ids, o, sql<boolean>`${seen(scope, 'p')}`))
const myApplyInvoice = answer(payment.myApplyInvoice, async (scope, { payment_ids, request_id: _r, dry_run: _d, ...o }) => {
  const houses = await myHouses(scope)
  return apply(scope, payment_ids, o, sql<boolean>`${myPaymentsWhere(scope, houses)}`)
})

/** Money went back: what was invoiced is undone, what was only applied for is dropped. */
async function undone(scope: Scope, payment_id: string, reason: string): Promise<void> {
  const rows = await sql<{ invoice_id: string; state: string }>`select i.invoice_id, i.state from payment.invoice_payment x join payment.invoice i on i.company_id = x.company_id and i.invoice_id = x.invoice_id
    where x.company_id = ${scope.company_id} and x.payment_id = ${payment_id} and x.live for update of i`.execute(scope.db)
  const i = rows.rows[0]
  if (!i) return
  if (i.state === 'issued') {
    const has = await scope.db.selectFrom('payment.invoice').select('invoice_id').where('company_id', '=', scope.company_id).where('red_of', '=', i.invoice_id).executeTakeFirst()
    if (!has) await makeRed(scope, i.invoice_id, reason)
  } else if (i.state === 'asked') await cancelAsked(scope, i.invoice_id)
  // Being issued or refused: red it as soon as it is known (issued), see invoice_run.ts.
  else await scope.db.updateTable('payment.invoice').set({ reason }).where('company_id', '=', scope.company_id).where('invoice_id', '=', i.invoice_id).execute()
}
export const invoiceListeners: Listener[] = [
  { name: 'payment.red_reversed', event: 'payment.reversed', run: (scope, p) => undone(scope, String(p['payment_id']), '收款冲销') },
  { name: 'payment.red_refunded', event: 'payment.refunded', run: async (scope, p) => (p['payment_id'] ? undone(scope, String(p['payment_id']), '收款退款') : undefined) },
]

const saveTaxItem = answer(payment.saveTaxItem, async (scope, o) => {
  wholeCompany(scope)
  const c = scope.company_id
  const item = await scope.db.selectFrom('billing.fee_item').select('name').where('company_id', '=', c).where('fee_item_id', '=', o.fee_item_id).executeTakeFirst()
  if (!item) throw scope.notFound()
  const r = await sql<{ tax_item_id: string }>`insert into payment.tax_item (company_id, tax_item_id, fee_item_id, goods_code, goods_name, tax_rate, from_on, created_at) values (${c}, ${uuidv7()}, ${o.fee_item_id}, ${o.goods_code}, ${o.goods_name}, ${o.tax_rate}::numeric, ${o.from_on}::date, ${scope.now}::timestamptz)
    on conflict (company_id, fee_item_id, from_on) do update set goods_code = excluded.goods_code, goods_name = excluded.goods_name, tax_rate = excluded.tax_rate returning tax_item_id`.execute(scope.db)
  scope.note('tax_item', r.rows[0]!.tax_item_id, { item: item.name, tax_rate: o.tax_rate, from_on: o.from_on })
  return { tax_item_id: r.rows[0]!.tax_item_id }
})
const saveIssuer = (app: () => App) =>
  answer(payment.saveIssuer, async (scope, o) => {
    wholeCompany(scope)
    const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(o.config.base_url).hostname)
    if (o.simulated && !simulationAllowed(app().mode)) throw scope.refuse('payment.simulation_not_allowed')
    if (loopback !== o.simulated) throw scope.refuse('payment.issuer_bad', { detail: o.simulated ? '模拟通道的接口地址应为本机地址' : '接口地址应为开票服务商的 https 地址' })
    try {
      httpIssuer(o.config, { now: () => new Date(scope.now) }).end()
    } catch {
      throw scope.refuse('payment.issuer_bad', { detail: '接口地址应为 https 域名,不带路径' })
    }
    const c = scope.company_id
    // One at a time: the one before stays for what it has issued.
    await sql`update payment.invoice_issuer set enabled_at = null where company_id = ${c} and enabled_at is not null`.execute(scope.db)
    const issuer_id = uuidv7()
    await scope.db.insertInto('payment.invoice_issuer').values({ company_id: c, issuer_id, kind: 'http', name: o.name, seller_name: o.seller_name, seller_tax_no: o.seller_tax_no, simulated: o.simulated, config_sealed: sealText(JSON.stringify(o.config)), enabled_at: scope.now, created_at: scope.now }).execute()
    scope.note('invoice_issuer', issuer_id, { name: o.name, seller_tax_no: o.seller_tax_no, simulated: o.simulated })
    return { issuer_id }
  })
export const openIssuerConfig = (sealed: string): IssuerConfig => JSON.parse(openText(sealed)) as IssuerConfig

export const invoiceAnswers = (app: () => App) => [applyInvoice, myApplyInvoice, redInvoice, retryInvoice, cancelInvoice, saveTaxItem, saveIssuer(app)]

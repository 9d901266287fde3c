// Paying for somebody else by a link (代缴链接). The link is a secret of which only the hash is kept; it opens a masked house, the names and
// months of the bills and what they still owe, and pays exactly these. Who opens it has no account, so every step runs as the system inside
// the company that the link names.
import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { notFound } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { asSystem } from '../../../kernel/worker.ts'
import type { LinkView, MyLink } from '../contract_links.ts'
import { payment } from '../contract.ts'
import { myBillsWhere, myHouses } from './access.ts'
import { lookInBackground } from './ask.ts'
import { linesByKey, openLines } from './bills.ts'
import { cutIfStill, cutOrder, noteOrderCoupons, type Cut } from './coupon_uses.ts'
import { channelRow, enabledChannels, openChannel, simulationAllowed } from './channels.ts'
import { LIFE_MINUTES, gated, liveOn, noteOrder, webOrigin } from './intents.ts'
import { lockLines } from './take.ts'

const LINKS_MAX = 20
const OPEN = ['created', 'pending', 'unknown']
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
function split(token: string): { company_id: number; hash: string } {
  const [company, secret] = token.split('.') as [string, string]
  return { company_id: Number.parseInt(company, 10), hash: hashOf(secret) }
}

interface Link {
  link_id: string
  house_id: string
  community_id: string
  label: string
  company_name: string
  community_name: string
  expires_at: string
  revoked_at: string | null
  title: string | null
  bills: { bill_id: string; period_on: string }[]
  coupon_ids: string[]
  order: { intent_id: string; state: string; amount_fen: number; pay_url: string | null; expires_at: string; receipt_no: string | null } | null
}
async function linkOf(scope: Scope, hash: string): Promise<Link> {
  const c = scope.company_id
  const r = await sql<Link>`
    select l.link_id, l.house_id, l.community_id, h.label, o.name as company_name, m.name as community_name, l.expires_at, l.revoked_at, l.title,
      (select jsonb_agg(jsonb_build_object('bill_id', b.bill_id, 'period_on', b.period_on)) from payment.pay_link_bill b where b.company_id = ${c} and b.link_id = l.link_id) as bills,
      array(select k.coupon_id from payment.pay_link_coupon k where k.company_id = ${c} and k.link_id = l.link_id order by k.ord) as coupon_ids,
      (select jsonb_build_object('intent_id', i.intent_id, 'state', i.state, 'amount_fen', i.amount_fen, 'pay_url', i.pay_url, 'expires_at', i.expires_at, 'receipt_no', p.receipt_no)
        from payment.intent i left join payment.settlement s on s.company_id = ${c} and s.intent_id = i.intent_id left join payment.payment p on p.company_id = ${c} and p.payment_id = s.payment_id
        where i.company_id = ${c} and i.link_id = l.link_id order by i.state = 'succeeded' desc, i.created_at desc limit 1) as "order"
    from payment.pay_link l join property.house h on h.company_id = ${c} and h.house_id = l.house_id join property.community m on m.company_id = ${c} and m.community_id = l.community_id
    join identity.company o on o.company_id = ${c} where l.company_id = ${c} and l.token_hash = ${hash}`.execute(scope.db)
  if (!r.rows[0]) throw notFound()
  return r.rows[0]
}

/** 1-2-301 → 1-2-3**; a short number keeps nothing but its place. */
export function maskedHouse(label: string): string {
  const at = label.lastIndexOf('-')
  const room = label.slice(at + 1)
  return `${label.slice(0, at + 1)}${room.length > 2 ? room.slice(0, -2) : ''}**`
}
function stateOf(l: Pick<Link, 'revoked_at' | 'expires_at'> & { paid: boolean }): LinkView['state'] {
  return l.paid ? 'paid' : l.revoked_at ? 'revoked' : Date.parse(l.expires_at) <= nowMs() ? 'expired' : 'open'
}

interface Viewed extends LinkView {
  link: Link
  /** What an order would pay, and its bills before coupons. */
  cut: Cut
  gross: { bill_id: string; period_on: string; amount_fen: number }[]
}
async function viewOf(app: App, scope: Scope, hash: string): Promise<Viewed> {
  const link = await linkOf(scope, hash)
  const lines = [...(await linesByKey(scope, link.bills)).values()].sort((a, b) => (a.period_on < b.period_on ? -1 : 1))
  const gross_fen = lines.reduce((n, l) => n + l.open_fen, 0)
  const o = link.order
  const state = stateOf({ ...link, paid: o?.state === 'succeeded' || gross_fen === 0 })
  const gross = lines.filter((l) => l.open_fen > 0).map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen }))
  const cut = await cutIfStill(scope, link.house_id, state === 'open' ? link.coupon_ids : [], gross)
  return {
    link, cut, gross, coupons: cut.uses.map((u) => ({ name: u.name, off_fen: u.amount_fen })), coupon_missed: cut.missed, company_name: link.company_name, community_name: link.community_name, house_masked: maskedHouse(link.label), title: link.title, state, expires_at: link.expires_at,
    // Once it is over, what the bills are is nobody's business any more.
    lines: state === 'open' ? lines.filter((l) => l.open_fen > 0).map((l) => ({ fee_item_name: l.fee_item_name, period_on: l.period_on, open_fen: l.open_fen })) : [],
    open_fen: state === 'open' ? gross_fen - cut.off_fen : 0,
    channels: state === 'open' ? await enabledChannels(app, scope) : [],
    order: o ? { state: o.state as 'pending', amount_fen: o.amount_fen, pay_url: OPEN.includes(o.state) ? o.pay_url : null, receipt_no: o.receipt_no } : null,
  }
}
const shown = ({ link: _, cut: _c, gross: _g, ...v }: Viewed): LinkView => v

const makeLink = answer(payment.makeLink, async (scope, o) => {
  const c = scope.company_id
  const [house] = await myHouses(scope, o.house_id)
  const wanted = new Set(o.bills.map((b) => b.bill_id))
  const lines = (await openLines(scope, [house!], myBillsWhere(scope, [house!]))).filter((l) => wanted.has(l.bill_id))
  if (lines.length !== wanted.size) throw scope.refuse('payment.line_changed', { item: '账单', period: '', open: '0.00' })
  const live = await sql<{ n: number }>`select count(*)::int as n from payment.pay_link where company_id = ${c} and made_by = ${scope.who.account_id} and revoked_at is null and expires_at > ${scope.now}`.execute(scope.db)
  if (live.rows[0]!.n >= LINKS_MAX) throw scope.refuse('payment.too_many_links', { max: LINKS_MAX })
  const secret = randomBytes(18).toString('base64url')
  const link_id = uuidv7()
  // Coupons are the owner's side.
  if (o.coupon_ids.length > 0 && house!.role === 'tenant') throw scope.notFound()
  const { off_fen } = await cutOrder(scope, o.house_id, o.coupon_ids, lines.map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen })))
  const amount_fen = lines.reduce((n, l) => n + l.open_fen, 0) - off_fen
  const expires_at = new Date(Date.parse(scope.now) + o.days * 86_400_000).toISOString()
  await scope.db.insertInto('payment.pay_link').values({ company_id: c, link_id, token_hash: hashOf(secret), community_id: house!.community_id, house_id: o.house_id, amount_fen, made_by: scope.who.account_id!, created_at: scope.now, expires_at }).execute()
  await scope.db.insertInto('payment.pay_link_bill').values(lines.map((l) => ({ company_id: c, link_id, bill_id: l.bill_id, period_on: l.period_on }))).execute()
  if (o.coupon_ids.length > 0) await scope.db.insertInto('payment.pay_link_coupon').values(o.coupon_ids.map((coupon_id, ord) => ({ company_id: c, link_id, coupon_id, ord }))).execute()
  scope.note('pay_link', link_id, { house: house!.label, amount_fen, bill_count: lines.length, off_fen })
  return { link_id, token: `${c}.${secret}`, amount_fen, off_fen, expires_at }
})

const myLinks = answer(payment.myLinks, async (scope) => {
  const c = scope.company_id
  const r = await sql<Omit<MyLink, 'state'> & { revoked_at: string | null; paid: boolean }>`
    select l.link_id, l.house_id, h.label as house_label, l.amount_fen, l.created_at, l.expires_at, l.revoked_at, l.opened_count, (select count(*)::int from payment.pay_link_bill b where b.company_id = ${c} and b.link_id = l.link_id) as bill_count,
      exists (select from payment.intent i where i.company_id = ${c} and i.link_id = l.link_id and i.state = 'succeeded') as paid
    from payment.pay_link l join property.house h on h.company_id = ${c} and h.house_id = l.house_id where l.company_id = ${c} and l.made_by = ${scope.who.account_id} and l.source = 'resident' order by l.created_at desc limit 50`.execute(scope.db)
  return { rows: r.rows.map(({ revoked_at, paid, ...l }) => ({ ...l, state: stateOf({ revoked_at, expires_at: l.expires_at, paid }) })) }
})

const revokeLink = answer(payment.revokeLink, async (scope, { link_id }) => {
  const r = await sql`update payment.pay_link set revoked_at = coalesce(revoked_at, ${scope.now}::timestamptz) where company_id = ${scope.company_id} and link_id = ${link_id} and made_by = ${scope.who.account_id}`.execute(scope.db)
  if (r.numAffectedRows === 0n) throw scope.notFound()
  scope.note('pay_link', link_id, { revoked: true })
  return { state: 'revoked' as const }
})

const linkView = (app: () => App) =>
  answer(payment.linkView, async (_scope, { token }) => {
    const { company_id, hash } = split(token)
    const v = await asSystem(app(), company_id, 'payment.link', async (scope) => {
      await sql`update payment.pay_link set opened_count = opened_count + 1, opened_at = ${scope.now}::timestamptz where company_id = ${company_id} and token_hash = ${hash} and (opened_at is null or opened_at < ${scope.now}::timestamptz - interval '1 minute')`.execute(scope.db)
      return viewOf(app(), scope, hash)
    })
    if (v.link.order && OPEN.includes(v.link.order.state)) lookInBackground(app(), company_id, v.link.order.intent_id)
    return shown(v)
  })

/** The order of a link: the one under way when its amount is still right, else a new one. Committed before the channel hears of it. */
async function beginOrder(app: App, company_id: number, hash: string, channel_id: string): Promise<string> {
  return asSystem(app, company_id, 'payment.pay_link', async (scope) => {
    await sql`select 1 from payment.pay_link where company_id = ${company_id} and token_hash = ${hash} for update`.execute(scope.db)
    const v = await viewOf(app, scope, hash)
    if (v.state !== 'open') throw scope.refuse('payment.link_over')
    if (!v.channels.some((x) => x.channel_id === channel_id)) throw scope.refuse('payment.channel_off')
    const { link, cut, gross } = v
    await lockLines(scope, link.house_id, gross)
    const live = await liveOn(scope, gross.map((b) => b.bill_id))
    const same = live.find((i) => i.intent_id === link.order?.intent_id && i.channel_id === channel_id && i.amount_fen === v.open_fen)
    if (same) return same.intent_id
    if (live[0]) throw scope.refuse('payment.being_paid', { minutes: Math.max(1, Math.ceil((Date.parse(live[0].expires_at) - nowMs()) / 60_000)) })
    const intent_id = uuidv7()
    await scope.db
      .insertInto('payment.intent')
      .values({
        company_id, intent_id, out_trade_no: intent_id.replaceAll('-', ''), channel_id, community_id: link.community_id, house_id: link.house_id, account_id: null, link_id: link.link_id, source: 'link', payer_name: '代缴人',
        amount_fen: v.open_fen, prepay_fen: 0, state: 'created', created_at: scope.now, expires_at: new Date(Date.parse(scope.now) + LIFE_MINUTES * 60_000).toISOString(), next_check_at: new Date(Date.parse(scope.now) + 10_000).toISOString(),
      })
      .execute()
    await scope.db.insertInto('payment.intent_bill').values(cut.lines.map((b) => ({ company_id, intent_id, ...b }))).execute()
    await noteOrderCoupons(scope, intent_id, cut, gross)
    scope.note('intent', intent_id, { link_id: link.link_id, amount_fen: v.open_fen })
    return intent_id
  })
}

const payLink = (app: () => App) =>
  answer(payment.payLink, async (outer, { token, channel_id, origin }) => {
    const { company_id, hash } = split(token)
    const intent_id = await beginOrder(app(), company_id, hash, channel_id)
    const order = await asSystem(app(), company_id, 'payment.pay_link', async (scope) => {
      const i = await scope.db.selectFrom('payment.intent').selectAll().where('company_id', '=', company_id).where('intent_id', '=', intent_id).executeTakeFirstOrThrow()
      return { i, row: await channelRow(scope, i.channel_id), title: (await linkOf(scope, hash)).title }
    })
    const { i, row, title } = order
    if (!row?.enabled_at || (row.simulated && !simulationAllowed(app().mode))) throw outer.refuse('payment.channel_off')
    if (i.pay_url === null && OPEN.includes(i.state)) {
      const { channel, config, notify_url } = openChannel(app(), row)
      const from = webOrigin(origin)
      const made = await gated(outer, () =>
        channel.create(config.way, { out_trade_no: i.out_trade_no, amount_fen: i.amount_fen, description: title ?? '物业代缴', notify_url, expires_at: new Date(i.expires_at), client_ip: outer.who.ip ?? '127.0.0.1', ...(from ? { return_url: `${from}/resident/link/${token}?back=1` } : {}) }),
      )
      await asSystem(app(), company_id, 'payment.pay_link', (scope) => noteOrder(scope, intent_id, made, config.way))
    }
    return shown(await asSystem(app(), company_id, 'payment.pay_link', (scope) => viewOf(app(), scope, hash)))
  })

export const linkAnswers = (app: () => App) => [makeLink, myLinks, revokeLink, linkView(app), payLink(app)]

// Several own houses in one payment (合并缴费): one order at the channel, one part for each house, and when the money comes one payment with its
// receipt for each (settle.ts).
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { lockOpen } from '../../billing/server/index.ts'
import { payment } from '../contract.ts'
import { myBillsWhere, myHouses } from './access.ts'
import { lockedLine, openLines, tooMuch } from './bills.ts'
import { enabledChannels } from './channels.ts'
import { cutHouses, noteOrderCoupons } from './coupon_uses.ts'
import { LIFE_MINUTES, liveOn, refuseTooMany } from './intents.ts'

export const startMerged = (app: () => App) =>
  answer(payment.startMerged, async (scope, o) => {
    const c = scope.company_id
    const asked = new Map(o.houses.map((h) => [h.house_id, h.bills]))
    const houses = (await myHouses(scope)).filter((h) => asked.has(h.house_id))
    if (houses.length !== o.houses.length) throw scope.notFound()
    if (!(await enabledChannels(app(), scope)).some((x) => x.channel_id === o.channel_id)) throw scope.refuse('payment.channel_off')
    const bills = o.houses.flatMap((h) => h.bills.map((b) => ({ ...b, house_id: h.house_id })))
    // Coupons are the owner's side.
    if (o.houses.some((h) => h.coupon_ids.length > 0 && houses.find((x) => x.house_id === h.house_id)!.role === 'tenant')) throw scope.notFound()
    if (new Set(bills.map((b) => b.bill_id)).size !== bills.length) throw scope.refuse('payment.same_bill_twice')
    const mine = new Map((await openLines(scope, houses, myBillsWhere(scope, houses))).map((l) => [l.bill_id, l]))
    // Locked, so that a desk or a second phone stands in line.
    const locked = new Map((await lockOpen(scope, bills.map(({ bill_id, period_on }) => ({ bill_id, period_on })))).map((b) => [b.bill_id, b]))
    for (const b of bills) {
      const bill = locked.get(b.bill_id)
      if (!bill || bill.house_id !== b.house_id || (!mine.has(b.bill_id) && bill.open_fen > 0)) throw scope.notFound()
      if (b.amount_fen > bill.open_fen) throw tooMuch(scope, lockedLine(scope, bill), b.amount_fen, bill.open_fen)
    }
    const live = await liveOn(scope, bills.map((b) => b.bill_id))
    if (live[0]) throw scope.refuse('payment.being_paid', { minutes: Math.max(1, Math.ceil((Date.parse(live[0].expires_at) - nowMs()) / 60_000)) })
    await refuseTooMany(scope)
    const people = await scope.db.selectFrom('people.person').select(['person_id', 'name']).where('company_id', '=', c).where('person_id', 'in', houses.map((h) => h.person_id)).execute()
    const names = new Map(people.map((p) => [p.person_id, p.name]))
    const sum = (list: readonly { amount_fen: number }[]): number => list.reduce((n, b) => n + b.amount_fen, 0)
    const cuts = await cutHouses(scope, o.houses.map((h) => ({ house_id: h.house_id, lines: h.bills, coupon_ids: h.coupon_ids })))
    const net = [...cuts.values()].flatMap((x) => x.lines)
    const intent_id = uuidv7()
    const amount_fen = sum(net)
    const expires_at = new Date(Date.parse(scope.now) + LIFE_MINUTES * 60_000).toISOString()
    const parts = houses.map((h, i) => ({ company_id: c, intent_id, part_no: i + 1, house_id: h.house_id, community_id: h.community_id, payer_name: names.get(h.person_id) ?? '住户', amount_fen: sum(cuts.get(h.house_id)!.lines) }))
    const first = parts[0]!
    await scope.db
      .insertInto('payment.intent')
      .values({
        company_id: c, intent_id, out_trade_no: intent_id.replaceAll('-', ''), channel_id: o.channel_id, community_id: first.community_id, house_id: first.house_id, account_id: scope.who.account_id!, payer_name: first.payer_name,
        amount_fen, prepay_fen: 0, state: 'created', created_at: scope.now, expires_at, next_check_at: new Date(Date.parse(scope.now) + 10_000).toISOString(),
      })
      .execute()
    if (parts.length > 1) await scope.db.insertInto('payment.intent_part').values(parts).execute()
    await sql`insert into payment.intent_bill (company_id, intent_id, bill_id, period_on, amount_fen) select ${c}::bigint, ${intent_id}::uuid, b.* from jsonb_to_recordset(${JSON.stringify(net)}::jsonb) as b(bill_id uuid, period_on date, amount_fen bigint)`.execute(scope.db)
    for (const h of o.houses) await noteOrderCoupons(scope, intent_id, cuts.get(h.house_id)!, h.bills)
    scope.note('intent', intent_id, { houses: houses.map((h) => h.label), amount_fen, bill_count: bills.length })
    return { intent_id, amount_fen, expires_at }
  })

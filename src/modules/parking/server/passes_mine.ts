// Monthly passes on the resident's phone: what he has, asking for one, renewing.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { houseOfResident, housesOfResident } from '../../people/server/index.ts'
import { parking } from '../contract.ts'
import { holdsOn, paidTo } from './permit_now.ts'
import { monthFen, newTerm, platesOf, refuseTaken, setPlates, type Permit } from './permits.ts'

type Mine = Out<typeof parking.myPasses.gives>
const myPasses = answer(parking.myPasses, async (scope): Promise<Mine> => {
  const c = scope.company_id
  const houses = (await housesOfResident(scope)).map((h) => h.house_id)
  const { rows } = await sql<Mine['rows'][number]>`select pm.permit_id, l.name as lot_name, pm.kind, pm.state, h.label as house_label, ${holdsOn(scope, scope.today)} as holds, ${paidTo(scope)} as term_to_on,
      array(select distinct pp.plate from parking.permit_plate pp where pp.company_id = ${c} and pp.permit_id = pm.permit_id and (pp.to_on is null or pp.to_on > ${scope.today}::date) order by 1) as plates,
      coalesce((select sum(b.amount_fen - b.paid_fen - b.reduced_fen) from parking.term tm join billing.bill b on b.company_id = ${c} and b.period_on = tm.period_on and b.bill_id = tm.bill_id where tm.company_id = ${c} and tm.permit_id = pm.permit_id and b.voided_at is null), 0)::bigint as unpaid_fen,
      (select p.month_fen from parking.pass_price p where p.company_id = ${c} and p.lot_id = pm.lot_id and p.from_on <= ${scope.today}::date order by p.from_on desc, p.created_at desc limit 1) as month_fen
    from parking.permit pm join parking.lot l on l.company_id = ${c} and l.lot_id = pm.lot_id join property.house h on h.company_id = ${c} and h.house_id = pm.house_id
    where pm.company_id = ${c} and pm.house_id = any(${houses}::uuid[]) and pm.kind <> 'black' and pm.state in ('asked', 'live', 'refused') order by pm.created_at desc limit 30`.execute(scope.db)
  const { rows: lots } = await sql<Mine['lots'][number]>`select l.lot_id, l.name, l.community_id, p.month_fen from parking.lot l cross join lateral (select p.month_fen from parking.pass_price p where p.company_id = ${c} and p.lot_id = l.lot_id and p.from_on <= ${scope.today}::date order by p.from_on desc, p.created_at desc limit 1) p
    where l.company_id = ${c} and l.retired_at is null and exists (select from property.house h where h.company_id = ${c} and h.house_id = any(${houses}::uuid[]) and h.community_id = l.community_id) order by l.name limit 30`.execute(scope.db)
  return { rows, lots }
})
const applyPass = answer(parking.applyPass, async (scope, o) => {
  const c = scope.company_id
  const own = await houseOfResident(scope, o.house_id)
  const { rows: lots } = await sql<{ name: string }>`select l.name from parking.lot l join property.house h on h.company_id = ${c} and h.house_id = ${own.house_id} and h.community_id = l.community_id where l.company_id = ${c} and l.lot_id = ${o.lot_id} and l.retired_at is null`.execute(scope.db)
  if (!lots[0]) throw scope.notFound()
  if ((await monthFen(scope, o.lot_id)) === null) throw scope.refuse('parking.no_month_price')
  const waiting = await sql`select from parking.permit where company_id = ${c} and house_id = ${o.house_id} and lot_id = ${o.lot_id} and state = 'asked' limit 1`.execute(scope.db)
  if (waiting.rows.length) throw scope.refuse('parking.asked_already')
  const permit_id = uuidv7()
  const plates = platesOf(scope, [o.plate])
  await refuseTaken(scope, o.lot_id, plates, permit_id, false)
  const { rows: who } = await sql<{ name: string }>`select name from people.person where company_id = ${c} and person_id = ${own.person_id}`.execute(scope.db)
  await scope.db.insertInto('parking.permit').values({ company_id: c, permit_id, lot_id: o.lot_id, kind: 'monthly', house_id: o.house_id, holder_name: who[0]?.name ?? '业主', holder_phone: o.phone ?? scope.who.phone, places: 1, card_no: null, state: 'asked', from_on: scope.today, to_on: null, reason: null, account_id: scope.who.account_id, asked_months: o.months, created_at: scope.now }).execute()
  await setPlates(scope, permit_id, o.lot_id, plates)
  scope.note('permit', permit_id, { asked: lots[0].name, months: o.months })
  return { permit_id }
})
async function mine(scope: Scope, permit_id: string): Promise<Permit> {
  const houses = (await housesOfResident(scope)).map((h) => h.house_id)
  const { rows } = await sql<Permit>`select pm.permit_id, pm.lot_id, pm.kind, pm.house_id, pm.holder_name, pm.card_no, pm.state, pm.from_on, pm.to_on, pm.asked_months from parking.permit pm where pm.company_id = ${scope.company_id} and pm.permit_id = ${permit_id} and pm.house_id = any(${houses}::uuid[]) for update of pm`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
const renewMine = answer(parking.renewMine, async (scope, o) => {
  const p = await mine(scope, o.permit_id)
  if (p.state !== 'live' || p.kind !== 'monthly') throw scope.refuse('parking.permit_ended')
  const t = await newTerm(scope, p, o.months)
  return { amount_fen: t.amount_fen, to_on: t.to_on }
})
export const myPassAnswers = [myPasses, applyPass, renewMine]

// Cards: given out, reported lost and blocked at once, replaced for a fee that becomes a bill of the house, taken back. Issuing asks who lives there or works here;
// nothing here asks what is owed, and the bill of a card never closes a door.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { billOneOff } from '../../billing/server/index.ts'
import { payersAt, personToRead } from '../../people/server/index.ts'
import { communityToChange, houseToRead } from '../../property/server/index.ts'
import { doors, type CardFilter, type CardRow } from '../contract.ts'
import { said } from '../shown.ts'
import { placesSeenBy } from './access.ts'
import { holderOf } from './holders.ts'
import { reached, refreshLists } from './lists.ts'
import { policyOf } from './policy.ts'
import { refuseDebt } from './reasons.ts'
import { livesIn } from './rights.ts'

const EXCEL_MAX = 20_000
const leftSql = (scope: Scope) => sql`exists (select from doors.list_row l where l.company_id = ${scope.company_id} and l.holder_id = k.holder_id and (l.card_id = k.card_id or (l.card_id is null and k.state = 'live')) and l.acked_version is distinct from l.version)`
function cardWhere(scope: Scope, f: CardFilter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`k.company_id = ${c}`, placesSeenBy(scope, 'k')]
  if (f.community_id) p.push(sql`k.community_id = ${f.community_id}`)
  if (f.state) p.push(sql`k.state = ${f.state}`)
  if (f.left) p.push(leftSql(scope))
  if (f.q) p.push(sql`(k.card_no = ${f.q} or exists (select from property.house h where h.company_id = ${c} and h.house_id = k.house_id and h.label = ${f.q}) or exists (select from doors.holder x left join people.person p on p.company_id = ${c} and p.person_id = x.person_id left join identity.member m on m.company_id = ${c} and m.account_id = x.account_id where x.company_id = ${c} and x.holder_id = k.holder_id and position(${f.q} in coalesce(p.name, m.name, (select e.name from doors.helper e where e.company_id = ${c} and e.helper_id = x.helper_id))) > 0))`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
async function cardRows(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<CardRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<CardRow, 'can'>>`with page as materialized (select k.* from doors.card k where ${where} order by k.issued_at desc, k.card_id limit ${limit} offset ${offset})
    select k.card_id, m.name as community_name, coalesce(p.name, s.name, e.name, '') as holder_name, case when x.person_id is not null then 'person' when x.helper_id is not null then 'helper' else 'staff' end as holder_kind, x.person_id, h.label as house_label, k.card_no, k.state, k.from_on, k.to_on, k.issued_by, k.issued_at, k.ended_by, k.ended_at, k.reason, coalesce(n.door_count, 0) as door_count, coalesce(n.left_doors, 0) as left_doors
    from page k join property.community m on m.company_id = ${c} and m.community_id = k.community_id join doors.holder x on x.company_id = ${c} and x.holder_id = k.holder_id left join people.person p on p.company_id = ${c} and p.person_id = x.person_id left join identity.member s on s.company_id = ${c} and s.account_id = x.account_id left join doors.helper e on e.company_id = ${c} and e.helper_id = x.helper_id left join property.house h on h.company_id = ${c} and h.house_id = k.house_id
      left join lateral (select count(*)::int as door_count, count(*) filter (where exists (select from doors.list_row l where l.company_id = ${c} and l.controller_id = d.controller_id and l.holder_id = k.holder_id and (l.card_id = k.card_id or (l.card_id is null and k.state = 'live')) and l.acked_version is distinct from l.version))::int as left_doors
        from (select distinct u.controller_id, e.door ->> 'port' as port from doors.list_row u cross join lateral jsonb_array_elements(u.body -> 'doors') as e(door) where u.company_id = ${c} and u.holder_id = k.holder_id and u.key like 'u:%') d) n on true
    order by k.issued_at desc, k.card_id`.execute(scope.db)
  return rows.map((r) => { const can = r.state === 'live' ? (true as const) : 'doors.card_over'; return { ...r, can: { lose: can, reissue: r.state === 'live' || r.state === 'lost' ? (true as const) : 'doors.card_over', end: can } } })
}
const cards = answer(doors.cards, async (scope, f) => {
  const where = cardWhere(scope, f)
  const rows = await cardRows(scope, where, f.page_size, (f.page - 1) * f.page_size)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from doors.card k where ${where}`.execute(scope.db)
  const r = await reached(scope, { where: placesSeenBy(scope, 'd'), ...(f.community_id ? { community_id: f.community_id } : {}) })
  return { rows, total: n[0]!.total, left_doors: r.left_doors, door_count: r.door_count, card_fee_fen: (await policyOf(scope)).card_fee_fen }
})
const cardsExcel = answerFile(doors.cardsExcel, async (scope, f) => {
  const rows = await cardRows(scope, cardWhere(scope, f), EXCEL_MAX + 1)
  if (rows.length > EXCEL_MAX) throw scope.refuse('doors.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({
    sheets: [{
      name: '门禁卡', columns: [text('小区'), text('持有人'), text('房号'), text('卡号'), text('状态'), text('起'), text('止(不含)'), { title: '可开门数', kind: 'int' }, { title: '未生效门数', kind: 'int' }, text('发卡人'), text('发卡时间'), text('挂失注销人'), text('挂失注销时间'), text('备注')],
      rows: rows.map((r) => [r.community_name, r.holder_name, r.house_label, r.card_no, said('card', r.state), r.from_on, r.to_on, r.door_count, r.left_doors, r.issued_by, minuteText(r.issued_at), r.ended_by, minuteText(r.ended_at), r.reason]),
    }],
  })
  return { name: `门禁卡-${scope.today}.xlsx`, type: XLSX, body }
})

export async function refuseTaken(scope: Scope, card_no: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`select coalesce(p.name, m.name, e.name, '') as name from doors.card k join doors.holder x on x.company_id = k.company_id and x.holder_id = k.holder_id left join people.person p on p.company_id = k.company_id and p.person_id = x.person_id left join identity.member m on m.company_id = k.company_id and m.account_id = x.account_id left join doors.helper e on e.company_id = k.company_id and e.helper_id = x.helper_id where k.company_id = ${scope.company_id} and k.card_no = ${card_no} and k.state = 'live'`.execute(scope.db)
  if (rows[0]) throw scope.refuse('doors.card_taken', { card_no, holder: rows[0].name })
}
const issueCard = answer(doors.issueCard, async (scope, o) => {
  const c = scope.company_id
  const community = await communityToChange(scope, o.community_id)
  if ((o.person_id === undefined) === (o.account_id === undefined)) throw scope.refuse('doors.who_missing', { who: '人员或员工' })
  if (o.to_on !== null && o.to_on <= scope.today) throw scope.refuse('doors.days_crossed')
  let name: string
  if (o.person_id) {
    name = (await personToRead(scope, o.person_id)).name
    if (!(await livesIn(scope, o.person_id, o.community_id))) throw scope.refuse('doors.person_elsewhere', { name, community: community.name })
  } else {
    const { rows } = await sql<{ name: string }>`select name from identity.member where company_id = ${c} and account_id = ${o.account_id!} and disabled_at is null`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    name = rows[0].name
  }
  if (o.house_id) await houseToRead(scope, o.house_id)
  await refuseTaken(scope, o.card_no)
  const holder_id = await holderOf(scope, o)
  const card_id = uuidv7()
  await scope.db.insertInto('doors.card').values({ company_id: c, card_id, holder_id, community_id: o.community_id, house_id: o.house_id ?? null, card_no: o.card_no, state: 'live', from_on: scope.today, to_on: o.to_on, reason: o.reason || null, issued_by: scope.who.name, issued_at: scope.now }).execute()
  scope.note('door_card', card_id, { holder: name, card_tail: o.card_no.slice(-4) })
  await refreshLists(scope, { holder_ids: [holder_id] })
  return { card_id, reached: await reached(scope, { holder_id }) }
})

interface Card {
  card_id: string
  holder_id: string
  community_id: string
  house_id: string | null
  card_no: string
  state: string
  to_on: string | null
}
async function cardToChange(scope: Scope, card_id: string): Promise<Card> {
  const { rows } = await sql<Card>`select k.card_id, k.holder_id, k.community_id, k.house_id, k.card_no, k.state, k.to_on from doors.card k where k.company_id = ${scope.company_id} and k.card_id = ${card_id} and ${placesSeenBy(scope, 'k')} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Off every door, the deletion before anything else that waits for the controllers. */
export async function blockCard(scope: Scope, k: Pick<Card, 'card_id' | 'holder_id'>, state: 'lost' | 'ended' | 'replaced', reason: string): Promise<void> {
  await sql`update doors.card set state = ${state}, ended_by = ${scope.who.name}, ended_at = ${scope.now}, reason = concat_ws(';', reason, ${reason}::text) where company_id = ${scope.company_id} and card_id = ${k.card_id}`.execute(scope.db)
  await refreshLists(scope, { holder_ids: [k.holder_id] })
  scope.note('door_card', k.card_id, { [state]: reason })
}
const over = (scope: Scope, k: Card): Error => scope.refuse('doors.card_over', { state: said('card', k.state) })
const loseCard = answer(doors.loseCard, async (scope, o) => {
  const k = await cardToChange(scope, o.card_id)
  if (k.state !== 'live') throw over(scope, k)
  refuseDebt(scope, o.reason)
  await blockCard(scope, k, 'lost', `挂失:${o.reason}`)
  return { card_id: o.card_id, reached: await reached(scope, { holder_id: k.holder_id }) }
})
const endCard = answer(doors.endCard, async (scope, o) => {
  const k = await cardToChange(scope, o.card_id)
  if (k.state !== 'live') throw over(scope, k)
  refuseDebt(scope, o.reason)
  await blockCard(scope, k, 'ended', `注销:${o.reason}`)
  return { card_id: o.card_id, reached: await reached(scope, { holder_id: k.holder_id }) }
})
/** The fee is a bill of the house like any other; a card of somebody without a house (staff) costs nothing. */
async function billFee(scope: Scope, k: Card, card_no: string, amount_fen: number, reason: string): Promise<string | null> {
  if (amount_fen === 0 || !k.house_id) return null
  const { rows } = await sql<{ house_id: string; community_id: string; building_id: string; label: string }>`select house_id, community_id, building_id, label from property.house where company_id = ${scope.company_id} and house_id = ${k.house_id}`.execute(scope.db)
  const house = rows[0]!
  const payer_id = (await payersAt(scope, [k.house_id], scope.today)).find((p) => p.fee_class === 'use')?.person_id
  if (!payer_id) throw scope.refuse('doors.no_payer', { house: house.label })
  const { bill_id } = await billOneOff(scope, { house, payer_id, source_id: uuidv7(), item: { code: 'MJK_BUBAN', name: '门禁卡工本费', account_code: '6051', belongs_to: 'company' }, amount_fen, note: `补换门禁卡,新卡尾号 ${card_no.slice(-4)}(原卡尾号 ${k.card_no.slice(-4)} 作废):${reason}`.slice(0, 500) })
  return bill_id
}
const reissueCard = answer(doors.reissueCard, async (scope, o) => {
  const c = scope.company_id
  const k = await cardToChange(scope, o.card_id)
  if (k.state !== 'live' && k.state !== 'lost') throw over(scope, k)
  await refuseTaken(scope, o.card_no)
  const amount_fen = o.free || !k.house_id ? 0 : (await policyOf(scope)).card_fee_fen
  const bill_id = await billFee(scope, k, o.card_no, amount_fen, o.reason)
  const card_id = uuidv7()
  await scope.db.insertInto('doors.card').values({ company_id: c, card_id, holder_id: k.holder_id, community_id: k.community_id, house_id: k.house_id, card_no: o.card_no, state: 'live', bill_id, from_on: scope.today, to_on: k.to_on, reason: `补换:${o.reason}`, issued_by: scope.who.name, issued_at: scope.now }).execute()
  await sql`update doors.card set replaced_by = ${card_id} where company_id = ${c} and card_id = ${k.card_id}`.execute(scope.db)
  await blockCard(scope, k, 'replaced', `补换为尾号 ${o.card_no.slice(-4)}`)
  scope.note('door_card', card_id, { replaces: k.card_id, amount_fen })
  return { card_id, amount_fen, reached: await reached(scope, { holder_id: k.holder_id }) }
})
export const cardAnswers = [cards, cardsExcel, issueCard, loseCard, reissueCard, endCard]

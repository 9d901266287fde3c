// Doors of the resident who calls: his code, which doors it opens, his cards and reporting one lost.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { houseOfResident, housesOfResident } from '../../people/server/index.ts'
import { doors } from '../contract.ts'
import { said } from '../shown.ts'
import { onlineSql } from './access.ts'
import { blockCard } from './cards.ts'
import { codeText, windowOf } from './codes.ts'
import { holderIfAny, holderOf } from './holders.ts'
import { reached, refreshLists } from './lists.ts'
import { policyOf } from './policy.ts'

/** Enough for ten minutes without network at thirty seconds each. */
const AHEAD = 20
/** A controller on the other side of the estate too; a person passes few. */
const CONTROLLERS_MAX = 40
const CARDS_MAX = 20
const mask = (card_no: string): string => `${'*'.repeat(Math.max(0, card_no.length - 4))}${card_no.slice(-4)}`

const myDoors = answer(doors.myDoors, async (scope, { house_id }) => {
  const c = scope.company_id
  const own = await houseOfResident(scope, house_id)
  const holder_id = await holderIfAny(scope, { person_id: own.person_id })
  const { rows: here } = await sql<{ n: number }>`select count(*)::int as n from doors.door d join property.house h on h.company_id = ${c} and h.house_id = ${house_id} and h.community_id = d.community_id where d.company_id = ${c} and d.retired_at is null`.execute(scope.db)
  if (!holder_id) return { has_doors: here[0]!.n > 0, ready: false, doors: [], cards: [], left_doors: 0 }
  const { rows: list } = await sql<{ door_id: string; name: string; online: boolean }>`select distinct d.door_id, d.name, ${onlineSql(scope)} as online from doors.list_row l cross join lateral jsonb_array_elements(l.body -> 'doors') as x(door) join doors.door d on d.company_id = ${c} and d.controller_id = l.controller_id and d.port_no = (x.door ->> 'port')::int left join doors.controller_state s on s.company_id = ${c} and s.controller_id = l.controller_id
    where l.company_id = ${c} and l.holder_id = ${holder_id} and l.key like 'u:%' and not l.gone order by d.name limit 200`.execute(scope.db)
  const { rows: cards } = await sql<{ card_id: string; card_no: string; state: 'live' | 'lost' | 'ended' | 'replaced'; house_label: string | null; issued_at: string }>`select k.card_id, k.card_no, k.state, h.label as house_label, k.issued_at from doors.card k left join property.house h on h.company_id = ${c} and h.house_id = k.house_id where k.company_id = ${c} and k.holder_id = ${holder_id} order by k.issued_at desc limit ${CARDS_MAX}`.execute(scope.db)
  return { has_doors: here[0]!.n > 0, ready: true, doors: list, left_doors: (await reached(scope, { holder_id })).left_doors, cards: cards.map(({ card_no, ...k }) => ({ ...k, card_masked: mask(card_no), can: { lose: k.state === 'live' ? (true as const) : 'doors.card_over' } })) }
})
const startCode = answer(doors.startCode, async (scope, { house_id }) => {
  const own = await houseOfResident(scope, house_id)
  const holder_id = await holderOf(scope, { person_id: own.person_id })
  await sql`update doors.holder set code_at = ${scope.now} where company_id = ${scope.company_id} and holder_id = ${holder_id} and code_at is null`.execute(scope.db)
  await refreshLists(scope, { holder_ids: [holder_id] })
  scope.note('door_holder', holder_id, { code: true })
  return { done: true as const }
})
const myCodes = answer(doors.myCodes, async (scope, { house_id }) => {
  const c = scope.company_id
  const own = await houseOfResident(scope, house_id)
  const holder_id = await holderIfAny(scope, { person_id: own.person_id })
  if (!holder_id) throw scope.notFound()
  const { rows } = await sql<{ user_no: number; controller_id: string; secret_no: number }>`select h.user_no, k.controller_id, k.secret_no from doors.holder h join doors.list_row l on l.company_id = ${c} and l.holder_id = h.holder_id and l.key like 'u:%' and not l.gone join doors.controller k on k.company_id = ${c} and k.controller_id = l.controller_id and k.retired_at is null where h.company_id = ${c} and h.holder_id = ${holder_id} order by k.controller_id limit ${CONTROLLERS_MAX}`.execute(scope.db)
  const { qr_step_s: step_s } = await policyOf(scope)
  if (rows.length === 0) return { step_s, codes: [] }
  const first = windowOf(Date.parse(scope.now), step_s)
  return {
    step_s,
    codes: Array.from({ length: AHEAD }, (_, i) => {
      const window = first + i
      return { text: codeText({ company_id: c, user_no: rows[0]!.user_no, window, controllers: rows }), from_at: new Date(window * step_s * 1000).toISOString(), to_at: new Date((window + 1) * step_s * 1000).toISOString() }
    }),
  }
})
const loseMine = answer(doors.loseMine, async (scope, { card_id }) => {
  const c = scope.company_id
  const persons = [...new Set((await housesOfResident(scope)).map((h) => h.person_id))]
  const { rows } = await sql<{ card_id: string; holder_id: string; state: string }>`select k.card_id, k.holder_id, k.state from doors.card k join doors.holder h on h.company_id = ${c} and h.holder_id = k.holder_id and h.person_id = any(${persons}::uuid[]) where k.company_id = ${c} and k.card_id = ${card_id} for update of k`.execute(scope.db)
  const k = rows[0]
  if (!k) throw scope.notFound()
  if (k.state !== 'live') throw scope.refuse('doors.card_over', { state: said('card', k.state) })
  await blockCard(scope, k, 'lost', '业主手机挂失')
  return { reached: await reached(scope, { holder_id: k.holder_id }) }
})
export const mineAnswers = [myDoors, startCode, myCodes, loseMine]

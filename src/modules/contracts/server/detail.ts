// One contract whole: parties, houses, papers by version, what happened, what may be done with it and why not.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { contracts, type ContractFull, type Paper } from '../contract.ts'
import { kindOf } from './config.ts'
import { contractRows, contractWhere } from './rows.ts'

const STEPS_MAX = 300
export const PAPERS_MAX = 300
const WRONG = 'contracts.wrong_state'
const INSTANT = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
interface More {
  note: string | null
  keeper_id: string
  created_by_name: string
  ended_on: string | null
  end_reason: string | null
  approval_id: string | null
  is_public: boolean
  state: string
  renews: { contract_id: string; no: string } | null
  renewed_by: { contract_id: string; no: string } | null
  houses: { house_id: string; label: string }[]
  told: ContractFull['told']
}
type PaperRow = Omit<Paper, 'can' | 'newest'>

export const detailAnswers = [
  answer(contracts.contract, async (scope, { contract_id }): Promise<ContractFull> => {
    const c = scope.company_id
    const [row] = await contractRows(scope, sql`${contractWhere(scope, {})} and t.contract_id = ${contract_id}`, { limit: 1 })
    if (!row) throw scope.notFound()
    const { rule } = await kindOf(scope, row.kind_id)
    const { rows } = await sql<More>`select t.note, t.keeper_id, t.created_by_name, t.ended_on, t.end_reason, t.approval_id, k.is_public, t.state,
        (select jsonb_build_object('contract_id', o.contract_id, 'no', o.no) from contracts.contract o where o.company_id = ${c} and o.contract_id = t.renews_id) as renews,
        (select jsonb_build_object('contract_id', o.contract_id, 'no', o.no) from contracts.contract o where o.company_id = ${c} and o.renews_id = t.contract_id and o.state <> 'void') as renewed_by,
        (select coalesce(jsonb_agg(jsonb_build_object('house_id', h.house_id, 'label', h.label) order by h.sort_no, h.label), '[]') from contracts.contract_house x join property.house h on h.company_id = ${c} and h.house_id = x.house_id where x.company_id = ${c} and x.contract_id = t.contract_id) as houses,
        (select coalesce(jsonb_agg(jsonb_build_object('step', x.step, 'days_left', x.days_left, 'told_count', x.told_count, 'told_at', ${INSTANT('x.told_at')}) order by x.told_at), '[]') from contracts.told x where x.company_id = ${c} and x.contract_id = t.contract_id) as told
      from contracts.contract t join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id where t.company_id = ${c} and t.contract_id = ${contract_id}`.execute(scope.db)
    const { state, ...m } = rows[0]!
    const { rows: papers } = await sql<PaperRow>`select paper_id, role, title, version_no, file_name, made_by_name, made_at, posted_at, posted_by_name, post_note, case when withdrawn_at is not null then withdrawn_by_name || ':' || withdraw_reason end as withdrawn from contracts.paper where company_id = ${c} and contract_id = ${contract_id} order by array_position(array['signed','text','annex','end'], role), title, version_no desc limit ${PAPERS_MAX}`.execute(scope.db)
    const { rows: steps } = await sql<ContractFull['steps'][number]>`select kind, text, by_name, at from contracts.step where company_id = ${c} and contract_id = ${contract_id} order by at, step_id limit ${STEPS_MAX}`.execute(scope.db)
    const is = (...states: string[]): true | string => (states.includes(state) ? true : WRONG)
    const force = (state === 'active' || state === 'renewed') && row.from_on <= scope.today && (row.days_left ?? 0) >= 0
    const seen = new Set<string>()
    return {
      ...row, ...m, rule, steps,
      papers: papers.map((p) => {
        const name = `${p.role} ${p.title}`
        const newest = !seen.has(name)
        seen.add(name)
        const posted = p.posted_at !== null && p.withdrawn === null
        return { ...p, newest, can: { post: !m.is_public || p.role === 'end' ? 'contracts.not_public' : posted ? 'contracts.posted_already' : force ? true : 'contracts.not_in_force', withdraw: posted ? true : 'contracts.not_posted' } }
      }),
      can: {
        edit: is('draft'), submit: is('draft'), back: is('signing'), sign: is('signing'), end: is('active', 'renewed'), void: is('draft', 'signing'),
        renew: m.renewed_by ? 'contracts.renewed_already' : is('active'), keep: state === 'void' ? WRONG : true, paper: state === 'void' ? WRONG : true,
        house_sign: row.signed_by === 'parties' ? 'contracts.not_house_by_house' : row.state === 'active' ? true : 'contracts.not_in_force',
      },
    }
  }),
]

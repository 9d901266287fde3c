// Labour contracts: one after the other, never over each other; ended early with a reason, never changed.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { staff } from '../contract.ts'
import { employeeToChange, employeeToRead } from './access.ts'
import { scanOf, scanToKeep } from './certs.ts'

const YEARS_DAYS = 50 * 366
export const paperAnswers = (app: () => App) => [
  answer(staff.addContract, async (scope, o) => {
    const c = scope.company_id
    const e = await employeeToChange(scope, o.employee_id)
    const wrong = (why: string) => scope.refuse('staff.contract_term', { why })
    if (o.kind === 'open' && o.to_on !== null) throw wrong('无固定期限合同没有止日')
    if (o.kind === 'fixed' && o.to_on === null) throw wrong('固定期限合同须填止日')
    if (o.to_on !== null && (o.to_on < o.from_on || o.to_on > addDays(o.from_on, YEARS_DAYS))) throw wrong('止日应晚于起日,最长 50 年')
    if (o.signed_on > scope.today) throw wrong(`签订日不能晚于今天(${scope.today})`)
    const { rows: over } = await sql<{ from_on: string; to_on: string | null }>`select from_on, least(to_on, ended_on) as to_on from staff.labour_contract where company_id = ${c} and employee_id = ${o.employee_id} and from_on <= coalesce(${o.to_on}::date, 'infinity'::date) and coalesce(least(to_on, ended_on), 'infinity'::date) >= ${o.from_on}::date and coalesce(ended_on, 'infinity'::date) >= from_on order by from_on limit 1`.execute(scope.db)
    if (over[0]) throw scope.refuse('staff.contract_overlap', { from: over[0].from_on, to: over[0].to_on ?? '无固定期限' })
    await scanToKeep(scope, o.file_id)
    const contract_id = uuidv7()
    await scope.db.insertInto('staff.labour_contract').values({ company_id: c, contract_id, employee_id: o.employee_id, kind: o.kind, from_on: o.from_on, to_on: o.to_on, signed_on: o.signed_on, note: o.note || null, file_id: o.file_id ?? null, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('labour_contract', o.employee_id, { name: e.name, kind: o.kind, from_on: o.from_on, to_on: o.to_on })
    return { contract_id }
  }),
  answer(staff.endContract, async (scope, o) => {
    const e = await employeeToChange(scope, o.employee_id, { after_leaving: true })
    const { rows } = await sql<{ from_on: string; to_on: string | null; ended_on: string | null }>`select from_on, to_on, ended_on from staff.labour_contract where company_id = ${scope.company_id} and employee_id = ${o.employee_id} and contract_id = ${o.contract_id} for update`.execute(scope.db)
    const k = rows[0]
    if (!k) throw scope.notFound()
    if (k.ended_on) throw scope.refuse('staff.contract_ended', { day: k.ended_on })
    // A day before the first: it never came into force.
    if (o.ended_on < addDays(k.from_on, -1) || (k.to_on !== null && o.ended_on > k.to_on)) throw scope.refuse('staff.contract_term', { why: `终止日应在 ${k.from_on} 至 ${k.to_on ?? '今后'} 之间` })
    await scope.db.updateTable('staff.labour_contract').set({ ended_on: o.ended_on, end_reason: o.reason }).where('company_id', '=', scope.company_id).where('contract_id', '=', o.contract_id).execute()
    scope.note('labour_contract', o.employee_id, { name: e.name, contract_id: o.contract_id, ended_on: o.ended_on, reason: o.reason })
    return { contract_id: o.contract_id }
  }),
  answerFile(staff.contractFile, async (scope, { employee_id, contract_id }) => {
    const e = await employeeToRead(scope, employee_id)
    const { rows } = await sql<{ sha256: string; type: string }>`select f.sha256, f.type from staff.labour_contract x join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = x.file_id where x.company_id = ${scope.company_id} and x.employee_id = ${employee_id} and x.contract_id = ${contract_id}`.execute(scope.db)
    return scanOf(app(), scope, rows[0], `${e.name}-劳动合同`)
  }),
]

// The register of warning signs and their checks: what hangs where, what was found, when it is looked at again.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { buildingToRead, communityToChange, housesSeenBy } from '../../property/server/index.ts'
import { safety, type SignFilter, type SignRow } from '../contract.ts'
import { words } from '../words.ts'
import { fileToShow, photosToAttach } from './act.ts'
import { and } from './list.ts'

const EXCEL_MAX = 20_000
const CHECKS_MAX = 100
const LATE = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(o.state <> 'removed' and o.due_on < ${scope.today}::date)`
const seen = (scope: Scope): RawBuilder<SqlBool> => housesSeenBy(scope, { alias: 'o' })
function conditions(scope: Scope, f: Omit<SignFilter, 'state' | 'late'>): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [seen(scope)]
  if (f.community_id) p.push(sql`o.community_id = ${f.community_id}`)
  if (f.kind) p.push(sql`o.kind = ${f.kind}`)
  if (f.q) p.push(sql`(o.no like ${`${f.q.toUpperCase()}%`} or o.place like ${`%${f.q}%`} or o.words like ${`%${f.q}%`})`)
  return and(p)
}
const chosen = (scope: Scope, f: SignFilter): RawBuilder<SqlBool> => and([conditions(scope, f), ...(f.state ? [sql`o.state = ${f.state}`] : []), ...(f.late ? [LATE(scope)] : [])])
const FIELDS = (scope: Scope) => sql`o.sign_id, o.no, o.community_id, c.name as community_name, o.building_id, b.name as building_name, o.place, o.kind, o.words, o.set_on, o.state, o.check_months, o.checked_on, o.due_on, ${LATE(scope)} as late, o.file_id`
const NAMES = (scope: Scope) => sql`join property.community c on c.company_id = ${scope.company_id} and c.community_id = o.community_id left join property.building b on b.company_id = ${scope.company_id} and b.building_id = o.building_id`
const ORDER = sql`o.community_id, o.no, o.sign_id`

async function signToRead(scope: Scope, sign_id: string, lock = false): Promise<SignRow> {
  const { rows } = await sql<SignRow>`select ${FIELDS(scope)} from safety.sign o ${NAMES(scope)} where o.company_id = ${scope.company_id} and o.sign_id = ${sign_id} and ${seen(scope)} ${lock ? sql`for update of o` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** The same day `months` later, the last of the month where it has no such day. */
export function nextCheck(day: string, months: number): string {
  const month = addMonths(day.slice(0, 7), months)
  const last = addDays(`${addMonths(month, 1)}-01`, -1)
  const same = `${month}-${day.slice(8)}`
  return same < last ? same : last
}
export const signAnswers = (app: () => App) => [
  answer(safety.signs, async (scope, f) => {
    const base = conditions(scope, f)
    const [{ rows }, counted] = await Promise.all([
      sql<SignRow>`with page as materialized (select o.* from safety.sign o where o.company_id = ${scope.company_id} and ${chosen(scope, f)} order by ${ORDER} limit ${f.page_size} offset ${(f.page - 1) * f.page_size}) select ${FIELDS(scope)} from page o ${NAMES(scope)} order by ${ORDER}`.execute(scope.db),
      sql<{ total: number; good: number; damaged: number; missing: number; late: number }>`select count(*) filter (where ${chosen(scope, f)})::int as total, count(*) filter (where o.state = 'good')::int as good, count(*) filter (where o.state = 'damaged')::int as damaged, count(*) filter (where o.state = 'missing')::int as missing, count(*) filter (where ${LATE(scope)})::int as late from safety.sign o where o.company_id = ${scope.company_id} and ${base}`.execute(scope.db),
    ])
    const { total, ...counts } = counted.rows[0]!
    return { rows, total, counts }
  }),
  answerFile(safety.signsExcel, async (scope, f) => {
    const { rows } = await sql<SignRow>`select ${FIELDS(scope)} from safety.sign o ${NAMES(scope)} where o.company_id = ${scope.company_id} and ${chosen(scope, f)} order by ${ORDER} limit ${EXCEL_MAX + 1}`.execute(scope.db)
    if (rows.length > EXCEL_MAX) throw scope.refuse('safety.too_many_rows', { max: EXCEL_MAX })
    const body = await writeSheet({ sheets: [{ name: '警示标识', columns: ['标识编号', '小区', '楼栋', '位置', '种类', '标识内容', '设置日', '状态', '最近检查', '下次检查'].map((title) => ({ title, kind: 'text' as const })), rows: rows.map((r) => [r.no, r.community_name, r.building_name, r.place, r.kind, r.words, r.set_on, words.states!['sign']![r.state]!, r.checked_on, r.due_on]) }] })
    return { name: `警示标识_${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(safety.sign, async (scope, { sign_id }) => {
    const row = await signToRead(scope, sign_id)
    const { rows } = await sql<{ check_id: string; state: SignRow['state']; words: string | null; file_id: string | null; by_name: string; checked_at: string }>`select k.check_id, k.state, k.words, k.file_id, coalesce(m.name, '') as by_name, k.checked_at from safety.sign_check k left join identity.member m on m.company_id = ${scope.company_id} and m.account_id = k.checked_by where k.company_id = ${scope.company_id} and k.sign_id = ${sign_id} order by k.checked_at desc, k.check_id desc limit ${CHECKS_MAX}`.execute(scope.db)
    return { ...row, checks: rows }
  }),
  answerFile(safety.signPhoto, async (scope, { sign_id, file_id }) => {
    const row = await signToRead(scope, sign_id)
    const { rows } = await sql`select 1 from safety.sign_check where company_id = ${scope.company_id} and sign_id = ${sign_id} and file_id = ${file_id} limit 1`.execute(scope.db)
    if (rows.length === 0) throw scope.notFound()
    return fileToShow(scope, app(), file_id, `警示标识_${row.no}`)
  }),
  answer(safety.saveSign, async (scope, i) => {
    const c = scope.company_id
    const before = i.sign_id ? await signToRead(scope, i.sign_id, true) : undefined
    if (i.building_id) {
      const b = await buildingToRead(scope, i.building_id)
      if (b.community_id !== i.community_id) throw scope.refuse('safety.building_elsewhere')
    } else await communityToChange(scope, i.community_id)
    const no = i.no.toUpperCase()
    const taken = await scope.db.selectFrom('safety.sign').select('sign_id').where('company_id', '=', c).where('community_id', '=', i.community_id).where('no', '=', no).executeTakeFirst()
    if (taken && taken.sign_id !== i.sign_id) throw scope.refuse('safety.sign_no_taken', { no })
    const sign_id = i.sign_id ?? uuidv7()
    const values = { community_id: i.community_id, building_id: i.building_id ?? null, no, place: i.place, kind: i.kind, words: i.words, set_on: i.set_on, check_months: i.check_months, due_on: nextCheck(before?.checked_on ?? i.set_on, i.check_months), changed_by: scope.who.account_id!, changed_at: scope.now }
    await scope.db.insertInto('safety.sign').values({ company_id: c, sign_id, state: 'good', ...values }).onConflict((x) => x.columns(['company_id', 'sign_id']).doUpdateSet(values)).execute()
    scope.note('sign', sign_id, { no, place: i.place })
    return { sign_id }
  }),
  answer(safety.checkSign, async (scope, i) => {
    const row = await signToRead(scope, i.sign_id, true)
    if (i.state !== 'good' && !i.words) throw scope.refuse('safety.say_why')
    if (i.file_id) await photosToAttach(scope, [i.file_id])
    const due_on = nextCheck(scope.today, row.check_months)
    await sql`with noted as (insert into safety.sign_check (company_id, check_id, sign_id, state, words, file_id, checked_by, checked_at) values (${scope.company_id}, ${uuidv7()}, ${i.sign_id}, ${i.state}, ${i.words || null}, ${i.file_id ?? null}::uuid, ${scope.who.account_id}, ${scope.now}))
      update safety.sign set state = ${i.state}, checked_on = ${scope.today}::date, due_on = ${due_on}::date, file_id = coalesce(${i.file_id ?? null}::uuid, file_id), changed_by = ${scope.who.account_id}, changed_at = ${scope.now} where company_id = ${scope.company_id} and sign_id = ${i.sign_id}`.execute(scope.db)
    scope.note('sign', i.sign_id, { no: row.no, before: row.state, state: i.state })
    return { sign_id: i.sign_id, due_on }
  }),
]

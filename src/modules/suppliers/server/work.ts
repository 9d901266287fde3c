// Work given to a supplier: ordered by one, done, accepted with a score by another, or sent back.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { suppliers, type WorkFilter, type WorkRow } from '../contract.ts'
import { words } from '../words.ts'
import { banOf, supplierToRead, untilText, worksSeenBy } from './access.ts'
import { fileAnswer, ownFile, type Stored } from './file.ts'

const EXCEL_MAX = 20_000
const said = (state: string): string => words.states!['work']![state] ?? state
function where(scope: Scope, f: WorkFilter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`w.company_id = ${c}`, worksSeenBy(scope)]
  if (f.supplier_id) p.push(sql`w.supplier_id = ${f.supplier_id}`)
  if (f.community_id) p.push(sql`w.community_id = ${f.community_id}`)
  if (f.state) p.push(sql`w.state = ${f.state}`)
  if (f.late) p.push(sql`w.state in ('open','rework') and w.due_on < ${scope.today}::date`)
  if (f.from_on) p.push(sql`w.asked_on >= ${f.from_on}::date`)
  if (f.to_on) p.push(sql`w.asked_on <= ${f.to_on}::date`)
  if (f.q) p.push(sql`(w.no = upper(${f.q}) or position(${f.q} in w.title) > 0)`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
async function rowsOf(scope: Scope, f: WorkFilter, limit: number, offset = 0): Promise<WorkRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<WorkRow, 'can'> & { made_by: string }>`with page as materialized (select w.* from suppliers.work w where ${where(scope, f)} order by w.asked_on desc, w.work_id limit ${limit} offset ${offset})
    select w.work_id, w.no, w.supplier_id, s.name as supplier_name, m.name as community_name, t.no as contract_no, w.title, w.asked_on, w.due_on, w.amount_fen, w.state, w.state in ('open','rework') and w.due_on < ${scope.today}::date as late, w.done_on, w.done_words, w.accepted_on, w.score, w.words, w.made_by_name, w.decided_by_name, w.file_id is not null as has_file, w.made_by
    from page w join suppliers.supplier s on s.company_id = ${c} and s.supplier_id = w.supplier_id join property.community m on m.company_id = ${c} and m.community_id = w.community_id left join contracts.contract t on t.company_id = ${c} and t.contract_id = w.contract_id order by w.asked_on desc, w.work_id`.execute(scope.db)
  const wrong = 'suppliers.wrong_state'
  return rows.map(({ made_by, ...w }) => {
    const open = w.state === 'open' || w.state === 'rework'
    return { ...w, can: { finish: open ? true : wrong, accept: w.state !== 'done' ? wrong : made_by === scope.who.account_id ? 'suppliers.same_person' : true, drop: open ? true : wrong } }
  })
}
interface Key { work_id: string; no: string; title: string; state: WorkRow['state']; asked_on: string; made_by: string }
async function workToChange(scope: Scope, work_id: string): Promise<Key> {
  const { rows } = await sql<Key>`select w.work_id, w.no, w.title, w.state, w.asked_on, w.made_by from suppliers.work w where w.company_id = ${scope.company_id} and w.work_id = ${work_id} and ${worksSeenBy(scope)} for update of w`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
function mustBe(scope: Scope, w: Key, ...states: Key['state'][]): void {
  if (!states.includes(w.state)) throw scope.refuse('suppliers.wrong_state', { no: w.no, state: said(w.state) })
}
async function drawNo(scope: Scope): Promise<string> {
  const year = scope.today.slice(0, 4)
  const { rows } = await sql<{ last_no: number }>`insert into suppliers.series (company_id, series, last_no) values (${scope.company_id}, ${`GY-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no`.execute(scope.db)
  return `GY${year}-${String(rows[0]!.last_no).padStart(6, '0')}`
}
const set = (scope: Scope, work_id: string, values: object) => scope.db.updateTable('suppliers.work').set(values).where('company_id', '=', scope.company_id).where('work_id', '=', work_id).execute()
export const workAnswersOf = (app: () => App) => [
  answer(suppliers.works, async (scope, { page, page_size, ...f }) => {
    const { rows } = await sql<{ total: number; amount_fen_sum: number }>`select count(*)::int as total, coalesce(sum(w.amount_fen) filter (where w.state <> 'void'), 0)::bigint as amount_fen_sum from suppliers.work w where ${where(scope, f)}`.execute(scope.db)
    return { rows: await rowsOf(scope, f, page_size, (page - 1) * page_size), ...rows[0]! }
  }),
  answerFile(suppliers.worksExcel, async (scope, f) => {
    const rows = await rowsOf(scope, f, EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('suppliers.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const day = (title: string) => ({ title, kind: 'day' as const })
    const body = await writeSheet({ sheets: [{ name: '供应商承接工作', columns: [text('单号'), text('供应商'), text('小区'), text('事项'), text('合同'), day('委托日'), day('应完成日'), text('状态'), { title: '金额', kind: 'money_fen' }, day('完工日'), text('完工说明'), day('验收日'), { title: '验收分', kind: 'int' }, text('意见'), text('委托人'), text('验收人')], rows: rows.map((w) => [w.no, w.supplier_name, w.community_name, w.title, w.contract_no, w.asked_on, w.due_on, w.late ? `${said(w.state)}(逾期)` : said(w.state), w.amount_fen, w.done_on, w.done_words, w.accepted_on, w.score, w.words, w.made_by_name, w.decided_by_name]) }] })
    return { name: `供应商承接工作-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(suppliers.orderWork, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    const s = await supplierToRead(scope, o.supplier_id, true)
    if (s.retired) throw scope.refuse('suppliers.retired', { name: s.name })
    const ban = await banOf(scope, o.supplier_id)
    if (ban) throw scope.refuse('suppliers.banned', { name: s.name, to: untilText(ban.to_on), reason: ban.reason })
    if (o.asked_on > scope.today) throw scope.refuse('suppliers.day_future', { today: scope.today })
    if (o.due_on < o.asked_on) throw scope.refuse('suppliers.days_crossed', { earlier: `委托日 ${o.asked_on}`, later: `应完成日 ${o.due_on}` })
    if (o.contract_id) {
      const { rows } = await sql`select from suppliers.contract_link l join contracts.contract t on t.company_id = ${c} and t.contract_id = l.contract_id where l.company_id = ${c} and l.supplier_id = ${o.supplier_id} and l.contract_id = ${o.contract_id} and t.state in ('active','renewed') and t.from_on <= ${o.asked_on}::date and (t.to_on is null or t.to_on >= ${o.asked_on}::date) and (t.community_id is null or t.community_id = ${o.community_id})`.execute(scope.db)
      if (rows.length === 0) throw scope.refuse('suppliers.not_its_contract')
    }
    const work_id = uuidv7()
    const no = await drawNo(scope)
    await scope.db.insertInto('suppliers.work').values({ company_id: c, work_id, no, supplier_id: o.supplier_id, community_id: o.community_id, contract_id: o.contract_id, title: o.title, asked_on: o.asked_on, due_on: o.due_on, amount_fen: o.amount_fen, state: 'open', made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('supplier_work', work_id, { no, supplier: s.name, title: o.title, amount_fen: o.amount_fen })
    return { work_id, no }
  }),
  answer(suppliers.finishWork, async (scope, o) => {
    const w = await workToChange(scope, o.work_id)
    mustBe(scope, w, 'open', 'rework')
    if (o.done_on > scope.today) throw scope.refuse('suppliers.day_future', { today: scope.today })
    if (o.done_on < w.asked_on) throw scope.refuse('suppliers.days_crossed', { earlier: `委托日 ${w.asked_on}`, later: `完工日 ${o.done_on}` })
    await set(scope, o.work_id, { state: 'done', done_on: o.done_on, done_words: o.done_words })
    scope.note('supplier_work', o.work_id, { no: w.no, done_on: o.done_on, done_words: o.done_words })
    return { work_id: o.work_id }
  }),
  answer(suppliers.acceptWork, async (scope, o) => {
    const w = await workToChange(scope, o.work_id)
    mustBe(scope, w, 'done')
    if (w.made_by === scope.who.account_id) throw scope.refuse('suppliers.same_person')
    if (o.passed && o.score === null) throw scope.refuse('suppliers.score_needed')
    const file = o.file_id ? await ownFile(scope, o.file_id) : null
    const state = o.passed ? ('accepted' as const) : ('rework' as const)
    await set(scope, o.work_id, { state, accepted_on: o.passed ? scope.today : null, score: o.passed ? o.score : null, words: o.words, decided_by: scope.who.account_id, decided_by_name: scope.who.name, ...(file ? { file_id: file.file_id, file_name: file.name } : {}) })
    scope.note('supplier_work', o.work_id, { no: w.no, after: state, score: o.score, words: o.words })
    return { work_id: o.work_id, state }
  }),
  answer(suppliers.dropWork, async (scope, o) => {
    const w = await workToChange(scope, o.work_id)
    mustBe(scope, w, 'open', 'rework')
    await set(scope, o.work_id, { state: 'void', words: o.reason })
    scope.note('supplier_work', o.work_id, { no: w.no, after: 'void', reason: o.reason })
    return { work_id: o.work_id }
  }),
  answerFile(suppliers.workFile, async (scope, { work_id }) => {
    const { rows } = await sql<Stored>`select w.file_name as name, f.sha256, f.type from suppliers.work w join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = w.file_id where w.company_id = ${scope.company_id} and w.work_id = ${work_id} and ${worksSeenBy(scope)}`.execute(scope.db)
    return fileAnswer(app(), scope, rows[0])
  }),
]

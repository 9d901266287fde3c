// Uses as they are shown: the list, one whole, its papers, and what an owner sees of his building.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { openFile } from '../../../kernel/files.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { houseOfResident } from '../../people/server/index.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import type { UseDetail, UseRow, Vote } from '../use_contract.ts'
import type { z } from 'zod'
import { words } from '../words.ts'
import { next, type Action, type Path, type State } from './rules/steps.ts'

const SHOWN = 100
const EXCEL_MAX = 20_000
type Raw = Omit<UseRow, 'created_by_name'> & { created_by: string }
const COLUMNS = sql`u.use_id, u.community_id, m.name as community_name, u.path, u.title, u.scope_text, u.budget_fen, u.contract_fen, u.invoice_fen, u.paid_fen, u.state, u.created_by, u.created_at,
  coalesce((select sum(s.owed_fen - s.paid_fen) from funds.use_share s where s.company_id = u.company_id and s.use_id = u.use_id), 0)::bigint as owed_fen`
const FROM = sql`funds.use u join property.community m on m.company_id = u.company_id and m.community_id = u.community_id`

async function named(scope: Scope, rows: readonly Raw[]): Promise<UseRow[]> {
  const names = await memberNames(scope, rows.map((r) => r.created_by))
  return rows.map(({ created_by, ...r }) => ({ ...r, created_by_name: names.get(created_by) ?? '' }))
}

type Can = z.output<typeof UseDetail>['can']
const STEPS: readonly (readonly [keyof Can, Action, string])[] = [
  ['edit', 'edit', 'funds.use.write'], ['post', 'post', 'funds.use.write'], ['vote', 'pass', 'funds.use.write'], ['ask', 'ask', 'funds.use.write'], ['contract', 'contract', 'funds.use.write'], ['pay', 'pay', 'funds.use.pay'], ['accept', 'accept', 'funds.use.write'],
  ['settle', 'settle', 'funds.use.write'], ['share', 'share', 'funds.use.write'], ['unshare', 'unshare', 'funds.use.write'], ['book', 'book', 'funds.use.book'], ['revise', 'revise', 'funds.use.write'], ['reapply', 'reapply', 'funds.use.write'], ['cancel', 'cancel', 'funds.use.write'],
]
function canOf(scope: Scope, u: { path: string; state: string; shares_by: string | null; community_id: string; paid_fen: number; contract_fen: number | null; invoice_fen: number | null }): Can {
  const of = ([name, action, may]: (typeof STEPS)[number]): [string, true | string] => {
    const r = scope.reach(may)
    if (!mayDo(scope.who, may) || !(r.all || r.community_ids.includes(u.community_id))) return [name, 'kernel.forbidden']
    if (!next(u.path as Path, u.state as State, action)) return [name, 'funds.use_state']
    if (name === 'pay' && u.paid_fen >= (u.invoice_fen ?? u.contract_fen ?? 0)) return [name, 'funds.paid_full']
    return [name, name === 'book' && u.shares_by === scope.who.account_id ? 'funds.own_shares' : true]
  }
  return Object.fromEntries(STEPS.map(of)) as Can
}

async function useToRead(scope: Scope, use_id: string) {
  const u = await scope.db.selectFrom('funds.use').selectAll().where('company_id', '=', scope.company_id).where('use_id', '=', use_id).where(communitiesSeenBy(scope, { alias: 'use' })).executeTakeFirst()
  if (!u) throw scope.notFound()
  return u
}
const where = (scope: Scope, f: { community_id?: string | undefined; state?: string | undefined; path?: string | undefined }): RawBuilder<unknown> => {
  const w = [sql`u.company_id = ${scope.company_id}`, communitiesSeenBy(scope, { alias: 'u' })]
  if (f.community_id) w.push(sql`u.community_id = ${f.community_id}`)
  if (f.state) w.push(sql`u.state = ${f.state}`)
  if (f.path) w.push(sql`u.path = ${f.path}`)
  return sql.join(w, sql` and `)
}
const filesOf = (attachments: unknown) => attachments as { file_id: string; name: string }[]

export const useReadAnswers = (app: () => App) => [
  answer(funds.uses, async (scope, { page, page_size, ...f }) => {
    const n = await sql<{ total: number }>`select count(*)::int as total from funds.use u where ${where(scope, f)}`.execute(scope.db)
    const { rows } = await sql<Raw>`select ${COLUMNS} from ${FROM} where ${where(scope, f)} order by u.created_at desc, u.use_id limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)
    return { rows: await named(scope, rows), total: n.rows[0]!.total }
  }),
  answerFile(funds.usesExcel, async (scope, f) => {
    const { rows } = await sql<Raw>`select ${COLUMNS} from ${FROM} where ${where(scope, f)} order by u.created_at desc, u.use_id limit ${EXCEL_MAX + 1}`.execute(scope.db)
    if (rows.length > EXCEL_MAX) throw scope.refuse('funds.export_many', { max: EXCEL_MAX })
    const sum = (k: 'budget_fen' | 'contract_fen' | 'invoice_fen' | 'paid_fen' | 'owed_fen') => rows.reduce((n, r) => n + (r[k] ?? 0), 0)
    const body = await writeSheet({
      sheets: [{
        name: '维修资金使用', title_rows: [`维修资金使用 ${scope.today} 共 ${rows.length} 项`],
        columns: [...['项目名称', '小区', '程序', '分摊范围', '状态'].map((title) => ({ title, kind: 'text' as const })), ...['预算', '合同金额', '决算金额', '已付', '业主待补交'].map((title) => ({ title, kind: 'money_fen' as const })), { title: '立项人', kind: 'text' }, { title: '立项日', kind: 'day' }],
        rows: (await named(scope, rows)).map((r) => [r.title, r.community_name, words.states!['use_path']![r.path], r.scope_text, words.states!['use']![r.state], r.budget_fen, r.contract_fen, r.invoice_fen, r.paid_fen, r.owed_fen, r.created_by_name, dayOf(r.created_at)]),
        totals: ['合计', '', '', '', '', sum('budget_fen'), sum('contract_fen'), sum('invoice_fen'), sum('paid_fen'), sum('owed_fen'), '', ''],
      }],
    })
    return { name: `维修资金使用_${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(funds.use, async (scope, { use_id }) => {
    const c = scope.company_id
    const u = await useToRead(scope, use_id)
    const { rows } = await sql<Raw>`select ${COLUMNS} from ${FROM} where u.company_id = ${c} and u.use_id = ${use_id}`.execute(scope.db)
    const [row] = await named(scope, rows)
    const steps = await scope.db.selectFrom('funds.use_step').selectAll().where('company_id', '=', c).where('use_id', '=', use_id).orderBy('created_at').orderBy('step_id').limit(SHOWN).execute()
    const payments = await scope.db.selectFrom('funds.use_payment').select(['payment_id', 'amount_fen', 'paid_on', 'voucher_no', 'note']).where('company_id', '=', c).where('use_id', '=', use_id).orderBy('paid_on').orderBy('payment_id').limit(SHOWN).execute()
    const n = await scope.db.selectFrom('funds.use_share').select((e) => e.fn.countAll<number>().as('n')).where('company_id', '=', c).where('use_id', '=', use_id).executeTakeFirstOrThrow()
    const names = await memberNames(scope, steps.map((s) => s.created_by))
    return {
      ...row!, plan: u.plan, danger: u.danger, scope_kind: u.scope_kind as 'building', scope_ids: u.scope_ids, supplier_name: u.supplier_name, contract_no: u.contract_no, invoice_no: u.invoice_no, audit_no: u.audit_no, vote: u.vote as Vote | null, approval_id: u.approval_id,
      shares_posted_on: u.shares_posted_on, house_count: Number(n.n), payments, can: canOf(scope, u),
      steps: steps.map((s) => ({ step_id: s.step_id, action: s.action, on_day: s.on_day, note: s.note, files: filesOf(s.attachments).map((f) => ({ file_id: f.file_id, name: f.name })), created_by_name: (s.created_by && names.get(s.created_by)) || '系统', created_at: s.created_at })),
    }
  }),
  answerFile(funds.useFile, async (scope, { use_id, file_id }) => {
    await useToRead(scope, use_id)
    const c = scope.company_id
    const steps = await scope.db.selectFrom('funds.use_step').select('attachments').where('company_id', '=', c).where('use_id', '=', use_id).execute()
    const file = steps.flatMap((s) => filesOf(s.attachments)).find((f) => f.file_id === file_id)
    const kept = file ? await scope.db.selectFrom('kernel.file').select(['sha256', 'type']).where('company_id', '=', c).where('file_id', '=', file_id).executeTakeFirst() : undefined
    if (!file || !kept) throw scope.notFound()
    return { name: file.name, type: kept.type, body: openFile(app().data_dir, kept.sha256) }
  }),
  answer(funds.myUses, async (scope, { house_id }) => {
    await houseOfResident(scope, house_id)
    // What touches the house: its own share, or a scope that holds it. Drafts are nobody's business yet.
    const { rows } = await sql<{ use_id: string; title: string; scope_text: string; state: 'posted'; budget_fen: number; invoice_fen: number | null; share_fen: number | null; owed_fen: number | null; house_count: number }>`
      select u.use_id, u.title, u.scope_text, u.state, u.budget_fen, u.invoice_fen, s.share_fen, s.owed_fen - s.paid_fen as owed_fen, (select count(*)::int from funds.use_share n where n.company_id = u.company_id and n.use_id = u.use_id) as house_count
      from property.house h join funds.use u on u.company_id = h.company_id and u.community_id = h.community_id left join funds.use_share s on s.company_id = u.company_id and s.use_id = u.use_id and s.house_id = h.house_id
      where h.company_id = ${scope.company_id} and h.house_id = ${house_id} and u.state not in ('draft','cancelled') and (s.house_id is not null or u.scope_kind = 'community' or h.building_id = any(u.scope_ids) or h.unit_id = any(u.scope_ids) or h.house_id = any(u.scope_ids))
      order by u.created_at desc, u.use_id limit ${SHOWN}`.execute(scope.db)
    return { rows }
  }),
]

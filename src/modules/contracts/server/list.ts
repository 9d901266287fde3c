// The ledger on the screen, in Excel and on paper; what of it concerns one house; who may answer for a contract.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { contracts, type Filter } from '../contract.ts'
import { leftText, partiesText, said } from '../shown.ts'
import { contractsSeenBy, placeToChange } from './access.ts'
import { kindsOf } from './config.ts'
import { SHOWN_STATE, contractRows, contractWhere } from './rows.ts'

const EXCEL_MAX = 20_000
const PDF_MAX = 3000
const PEOPLE_MAX = 500
const HOUSE_MAX = 200
export const companyName = async (scope: Scope): Promise<string> => (await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirstOrThrow()).name
async function all(scope: Scope, f: Filter, max: number) {
  const rows = await contractRows(scope, contractWhere(scope, f), { limit: max + 1 })
  if (rows.length > max) throw scope.refuse('contracts.too_many_rows', { max })
  return rows
}
/** In words, what the paper was narrowed by. */
async function filtersText(scope: Scope, f: Filter): Promise<string[]> {
  const kind = f.kind_id ? (await kindsOf(scope)).find((k) => k.kind_id === f.kind_id)?.name : undefined
  const place = f.community_id ? (await scope.db.selectFrom('property.community').select('name').where('company_id', '=', scope.company_id).where('community_id', '=', f.community_id).executeTakeFirst())?.name : undefined
  return [place ? `小区:${place}` : '', kind ? `种类:${kind}` : '', f.state ? `状态:${said('contract', f.state)}` : '', f.within_days ? `${f.within_days} 天内到期` : '', f.from_on || f.to_on ? `起期:${f.from_on ?? ''} 至 ${f.to_on ?? ''}` : '', f.q ? `关键词:${f.q}` : ''].filter(Boolean)
}
/** Whoever may read contracts there: who answers for one must be able to open it. */
export async function keepersAt(scope: Scope, community_id: string | null): Promise<{ account_id: string; name: string; post: string | null }[]> {
  const c = scope.company_id
  const { rows } = await sql<{ account_id: string; name: string; post: string | null }>`select distinct m.account_id, m.name, m.post from identity.access_grant g join identity.role r on r.company_id = ${c} and r.role_id = g.role_id and r.permissions && array['*', 'contracts.contract.read']
      join identity.member m on m.company_id = ${c} and m.account_id = g.account_id and m.disabled_at is null
    where g.company_id = ${c} and (g.scope_kind = 'company' or (g.scope_kind = 'community' and ${community_id}::uuid = any(g.scope_ids))) order by m.name, m.account_id limit ${PEOPLE_MAX}`.execute(scope.db)
  return rows
}
interface Count { total: number; amount_fen_sum: number }
interface Counts { due_count: number; expired_count: number; signing_count: number; draft_count: number }
export const listAnswers = [
  answer(contracts.people, async (scope, { community_id }) => {
    await placeToChange(scope, community_id)
    return { rows: await keepersAt(scope, community_id) }
  }),
  answer(contracts.contracts, async (scope, f) => {
    const cond = contractWhere(scope, f)
    const rows = await contractRows(scope, cond, { limit: f.page_size, offset: (f.page - 1) * f.page_size, ...(f.within_days || f.state === 'expired' ? { order: sql`t.to_on, t.contract_id` } : {}) })
    const { rows: sums } = await sql<Count>`select count(*)::int as total, coalesce(sum(t.amount_fen), 0)::bigint as amount_fen_sum from contracts.contract t where ${cond}`.execute(scope.db)
    // Of what the filter leaves aside from state: the buttons above the list.
    const { rows: counts } = await sql<Counts>`select count(*) filter (where t.state = 'active' and t.to_on between ${scope.today}::date and ${scope.today}::date + 90)::int as due_count, count(*) filter (where t.state = 'active' and t.to_on < ${scope.today}::date)::int as expired_count,
        count(*) filter (where t.state in ('asked','signing'))::int as signing_count, count(*) filter (where t.state = 'draft')::int as draft_count from contracts.contract t where ${contractWhere(scope, f.community_id ? { community_id: f.community_id } : {})}`.execute(scope.db)
    return { rows, ...sums[0]!, counts: counts[0]! }
  }),
  answerFile(contracts.contractsExcel, async (scope, f) => {
    const rows = await all(scope, f, EXCEL_MAX)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const day = (title: string) => ({ title, kind: 'day' as const })
    const body = await writeSheet({
      sheets: [{
        name: '合同台账', columns: [text('合同编号'), text('种类'), text('名称'), text('小区'), text('当事人'), text('状态'), day('起'), day('止'), text('到期'), day('签署日'), { title: '金额', kind: 'money_fen' }, text('付款方式'), text('责任人'), { title: '所涉房产', kind: 'int' }, { title: '文件', kind: 'int' }, text('公示')],
        rows: rows.map((r) => [r.no, r.kind_name, r.title, r.community_name ?? '全公司', partiesText(r.parties), said('contract', r.state), r.from_on, r.to_on, leftText(r), r.signed_on, r.amount_fen, r.pay_terms, r.keeper_name, r.house_count, r.paper_count, r.posted ? '已公示' : '']),
        totals: ['合计', null, null, null, null, null, null, null, null, null, rows.reduce((n, r) => n + (r.amount_fen ?? 0), 0), null, null, null, null, null],
      }],
    })
    return { name: `合同台账-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answerFile(contracts.contractsPdf, async (scope, f) => {
    const rows = await all(scope, f, PDF_MAX)
    const body = await renderPdf('table_a4', {
      company_name: await companyName(scope), title: '合同台账', filters: await filtersText(scope, f),
      columns: [{ title: '编号', kind: 'code' }, { title: '种类', kind: 'text' }, { title: '名称', kind: 'text' }, { title: '当事人', kind: 'text' }, { title: '起', kind: 'day' }, { title: '止', kind: 'day' }, { title: '状态', kind: 'text' }, { title: '金额', kind: 'fen' }, { title: '责任人', kind: 'text' }],
      rows: rows.map((r) => [r.no, r.kind_name, `${r.community_name ? `${r.community_name} ` : ''}${r.title}`, partiesText(r.parties), r.from_on, r.to_on, said('contract', r.state), r.amount_fen, r.keeper_name]),
      totals: ['合计', null, null, null, null, null, null, rows.reduce((n, r) => n + (r.amount_fen ?? 0), 0), null], printed_by: scope.who.name, printed_at: scope.today,
    })
    return { name: `合同台账-${scope.today}.pdf`, type: 'application/pdf', body, inline: true }
  }),
  answer(contracts.houseContracts, async (scope, { house_id }) => {
    const c = scope.company_id
    const h = await houseToRead(scope, house_id)
    const { rows } = await sql<{ key: string; contract_id: string; no: string; kind_name: string; title: string; state: 'active'; from_on: string; to_on: string | null; how: 'covers' | 'signed' | 'unsigned'; signature_id: string | null; signed_on: string | null; signer_name: string | null; has_file: boolean }>`
      with mine as materialized (
        select t.contract_id, 'covers' as how, null::uuid as signature_id from contracts.contract_house x join contracts.contract t on t.company_id = ${c} and t.contract_id = x.contract_id join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id where x.company_id = ${c} and x.house_id = ${house_id} and k.signed_by = 'parties' and t.state <> 'void' and ${contractsSeenBy(scope)}
        union all select t.contract_id, case when s.signature_id is null then 'unsigned' else 'signed' end, s.signature_id from contracts.contract t join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id left join contracts.signature s on s.company_id = ${c} and s.contract_id = t.contract_id and s.house_id = ${house_id} and s.void_at is null
          where t.company_id = ${c} and t.community_id = ${h.community_id} and t.state in ('active','renewed','terminated') and k.signed_by <> 'parties' and ${contractsSeenBy(scope)}
            and (s.signature_id is not null or exists (select from contracts.contract_house x where x.company_id = ${c} and x.contract_id = t.contract_id and x.house_id = ${house_id})
              or (k.signed_by = 'all_houses' and t.state = 'active' and ${h.kind}::text = any(coalesce((select r.house_kinds from contracts.kind_rule r where r.company_id = ${c} and r.kind_id = t.kind_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc, r.rule_id desc limit 1), '{}')) and not exists (select from contracts.contract_house x where x.company_id = ${c} and x.contract_id = t.contract_id)))
        limit ${HOUSE_MAX})
      select t.contract_id::text || m.how as key, t.contract_id, t.no, k.name as kind_name, t.title, ${SHOWN_STATE(scope)} as state, t.from_on, t.to_on, m.how, m.signature_id, s.signed_on, s.signer_name, s.file_id is not null as has_file
      from mine m join contracts.contract t on t.company_id = ${c} and t.contract_id = m.contract_id join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id left join contracts.signature s on s.company_id = ${c} and s.signature_id = m.signature_id order by t.from_on desc, t.no`.execute(scope.db)
    return { rows }
  }),
]

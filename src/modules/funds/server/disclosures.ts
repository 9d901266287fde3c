// What is disclosed to the owners (公示): the statement from the books as it stood, with its day and version; another one of the same period is another version.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { renderPdf, type LetterData } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { filled, soleForm, type FormKind } from '../../forms/server/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { houseOfResident } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import type { Disclosure, Figures } from '../paper_contract.ts'
import { statementOf } from './statement.ts'

const USES_MAX = 200

async function figuresOf(scope: Scope, f: { community_id: string; from_on: string; to_on: string }): Promise<Figures> {
  const s = await statementOf(scope, f)
  const { rows: uses } = await sql<Figures['uses'][number]>`select u.use_id, u.title, u.scope_text, u.state, u.invoice_fen, (select count(*)::int from funds.use_share x where x.company_id = u.company_id and x.use_id = u.use_id) as house_count
    from funds.use u join funds.use_step t on t.company_id = u.company_id and t.use_id = u.use_id and t.action = 'book' where u.company_id = ${scope.company_id} and u.community_id = ${f.community_id} and u.state = 'booked' and t.on_day >= ${f.from_on}::date and t.on_day <= ${f.to_on}::date
    order by t.on_day, u.use_id limit ${USES_MAX}`.execute(scope.db)
  return { ...s, uses }
}

const publish = answer(funds.publishFund, async (scope, { community_id, from_on, to_on, note }) => {
  await communityToChange(scope, community_id)
  if (to_on > scope.today) throw scope.refuse('funds.future', { day: to_on })
  const c = scope.company_id
  await sql`select from property.community where company_id = ${c} and community_id = ${community_id} for no key update`.execute(scope.db)
  const figures = await figuresOf(scope, { community_id, from_on, to_on })
  const before = await scope.db.selectFrom('funds.disclosure').select((e) => e.fn.max('version').as('version')).where('company_id', '=', c).where('community_id', '=', community_id).where('from_on', '=', from_on).where('to_on', '=', to_on).executeTakeFirst()
  const version = Number(before?.version ?? 0) + 1
  if (version > 1 && !note) throw scope.refuse('funds.version_note', { version: version - 1 })
  const disclosure_id = uuidv7()
  await scope.db.insertInto('funds.disclosure').values({ company_id: c, disclosure_id, community_id, from_on, to_on, version, figures: JSON.stringify(figures), note: note || null, posted_on: scope.today, posted_by: scope.who.account_id, posted_at: scope.now }).execute()
  scope.note('fund_disclosure', disclosure_id, { from_on, to_on, version, closing_fen: figures.total.closing_fen })
  return { disclosure_id, version }
})

async function listed(scope: Scope, where: RawBuilder<unknown>, limit: number, offset: number): Promise<{ rows: Disclosure[]; total: number }> {
  const w = sql`d.company_id = ${scope.company_id} and ${where}`
  const n = await sql<{ total: number }>`select count(*)::int as total from funds.disclosure d where ${w}`.execute(scope.db)
  const { rows } = await sql<Omit<Disclosure, 'posted_by_name'> & { posted_by: string | null }>`select d.disclosure_id, m.name as community_name, d.from_on, d.to_on, d.version, d.figures, d.note, d.posted_on, d.posted_by from funds.disclosure d join property.community m on m.company_id = d.company_id and m.community_id = d.community_id
    where ${w} order by d.posted_at desc, d.to_on desc, d.version desc, d.disclosure_id limit ${limit} offset ${offset}`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.posted_by))
  return { total: n.rows[0]!.total, rows: rows.map(({ posted_by, ...r }) => ({ ...r, posted_by_name: (posted_by && names.get(posted_by)) || null })) }
}

type Posted = Disclosure & { community_id: string; posted_at: string }
async function disclosureToRead(scope: Scope, disclosure_id: string): Promise<Posted> {
  const d = (await listed(scope, sql`d.disclosure_id = ${disclosure_id} and ${communitiesSeenBy(scope, { alias: 'd' })}`, 1, 0)).rows[0]
  if (!d) throw scope.notFound()
  const more = await scope.db.selectFrom('funds.disclosure').select(['community_id', 'posted_at']).where('company_id', '=', scope.company_id).where('disclosure_id', '=', disclosure_id).executeTakeFirstOrThrow()
  return { ...d, ...more }
}

const PARAMS = [
  { key: 'company', zh: '物业公司', example: '示例物业' }, { key: 'community', zh: '小区', example: '示例小区' }, { key: 'from', zh: '期间起', example: '2026-01-01' }, { key: 'to', zh: '期间止', example: '2026-06-30' }, { key: 'posted', zh: '公示日', example: '2026-07-05' }, { key: 'version', zh: '版次', example: '1' },
  { key: 'houses', zh: '户数', example: '120' }, { key: 'opening', zh: '期初余额(元)', example: '1000000.00' }, { key: 'deposit', zh: '缴存(元)', example: '52000.00' }, { key: 'interest', zh: '利息(元)', example: '8000.00' }, { key: 'use', zh: '使用(元)', example: '36000.00' }, { key: 'refund', zh: '退还(元)', example: '0.00' }, { key: 'closing', zh: '期末余额(元)', example: '1024000.00' },
]
const BODY = ['{community}    公示期间:{from} 至 {to}    第 {version} 版', '本小区住宅专项维修资金按专户银行对账与分户账编制,期初余额 {opening} 元,本期缴存 {deposit} 元、利息 {interest} 元,使用 {use} 元、退还 {refund} 元,期末余额 {closing} 元,共 {houses} 户。分楼栋情况如下:']
/** `own`: the company's paragraphs stand instead of ours; the table, the uses and the note come from what was posted. */
async function letterOf(scope: Scope, d: Posted, own: readonly string[]): Promise<LetterData> {
  const company = await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirstOrThrow()
  const t = d.figures.total
  const y = (n: number) => yuanGrouped(fen(n))
  const params = { company: company.name, community: d.community_name, from: d.from_on, to: d.to_on, posted: d.posted_on, version: String(d.version), houses: String(t.house_count), opening: y(t.opening_fen), deposit: y(t.deposit_fen), interest: y(t.interest_fen), use: y(Math.abs(t.use_fen)), refund: y(Math.abs(t.refund_fen)), closing: y(t.closing_fen) }
  const fens = ['期初余额', '缴存', '利息', '使用', '退还', '期末余额'].map((title) => ({ title, kind: 'fen' as const }))
  return {
    company_name: company.name, title: '住宅专项维修资金公示', no: `${d.to_on}-${d.version}`, dated_on: d.posted_on, qr_text: `维修资金公示|${d.community_name}|${d.from_on}至${d.to_on}|第${d.version}版|期末${y(t.closing_fen)}元`, paragraphs: (own.length > 0 ? own : BODY).map((x) => filled(x, params)),
    columns: [{ title: '楼栋', kind: 'text' }, { title: '户数', kind: 'count' }, ...fens], rows: d.figures.rows.map((r) => [r.building_name, r.house_count, r.opening_fen, r.deposit_fen, r.interest_fen, r.use_fen, r.refund_fen, r.closing_fen]),
    totals: ['合计', t.house_count, t.opening_fen, t.deposit_fen, t.interest_fen, t.use_fen, t.refund_fen, t.closing_fen],
    closing: [...d.figures.uses.map((u) => `使用:${u.title}(${u.scope_text},${u.house_count} 户)。`), ...(d.note ? [`说明:${d.note}`] : []), '业主可在手机端查看本户分户账明细,对公示有疑问请到物业服务中心核对。'],
  }
}
const example = (own: readonly string[]): LetterData => ({ company_name: '示例公司', title: '住宅专项维修资金公示', no: '2026-06-30-1', dated_on: '2026-07-05', paragraphs: (own.length > 0 ? own : BODY).map((x) => filled(x, Object.fromEntries(PARAMS.map((p) => [p.key, p.example])))), closing: [] })
export const disclosureForm: FormKind = {
  kind: 'funds.disclosure', zh: '维修资金公示', note: '在维修资金公示页面打印;写了段落就代替表格以上的正文', sole: true, papers: { a4: 'letter_a4' }, columns: [], params: PARAMS, blocks: [{ key: 'no', zh: '编号' }, { key: 'qr', zh: '查验二维码' }],
  subjects: async (scope, { community_id }) => (await sql<{ subject_id: string; label: string }>`select d.disclosure_id as subject_id, m.name || ' ' || d.to_on || ' 第' || d.version || '版' as label from funds.disclosure d join property.community m on m.company_id = ${scope.company_id} and m.community_id = d.community_id
    where d.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'd' })} ${community_id ? sql`and d.community_id = ${community_id}` : sql``} order by d.posted_at desc, d.disclosure_id limit 20`.execute(scope.db)).rows,
  draw: async (scope, subject_id, d) => renderPdf('letter_a4', subject_id ? await letterOf(scope, await disclosureToRead(scope, subject_id), d.paragraphs) : example(d.paragraphs), { design: d.print }),
}

export const disclosureAnswers = (app: () => App) => [
  publish,
  answer(funds.disclosures, (scope, { page, page_size, community_id }) => listed(scope, sql`${communitiesSeenBy(scope, { alias: 'd' })} ${community_id ? sql`and d.community_id = ${community_id}` : sql``}`, page_size, (page - 1) * page_size)),
  answer(funds.myFundDisclosures, async (scope, { page, page_size, house_id }) => {
    const own = await houseOfResident(scope, house_id)
    if (own.role !== 'owner') throw scope.notFound()
    return listed(scope, sql`d.community_id = (select h.community_id from property.house h where h.company_id = ${scope.company_id} and h.house_id = ${house_id})`, page_size, (page - 1) * page_size)
  }),
  answerFile(funds.disclosurePdf, async (scope, { disclosure_id }) => {
    const d = await disclosureToRead(scope, disclosure_id)
    const own = await soleForm(app(), scope, { kind: 'funds.disclosure', paper: 'a4', community_id: d.community_id, on: d.posted_on, at: d.posted_at })
    const body = await renderPdf('letter_a4', await letterOf(scope, d, own?.paragraphs ?? []), own ? { design: own.print } : {})
    return { name: `维修资金公示_${d.community_name}_${d.to_on}_第${d.version}版.pdf`, type: 'application/pdf', body, inline: true }
  }),
]

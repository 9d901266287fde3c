// Signed house by house: who is asked, who signed, and the rate. Asked are the houses listed at the contract; where none is listed and all sign, those of the kinds that
// the rule counts, less what is unsold or closed.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { HOUSES_MAX, contracts, type RateRow, type SigningFilter, type SigningRow } from '../contract.ts'
import { rateText, said } from '../shown.ts'
import { contractToRead, contractsSeenBy, type ContractKey } from './access.ts'
import { kindsOf } from './config.ts'
import { fileAnswer, ownFile, type Stored } from './papers.ts'
import { IN_FORCE } from './rows.ts'
import { rateBp } from './rules/ladder.ts'

const EXCEL_MAX = 50_000
const RATES_MAX = 500
/** What is asked in which place: at most a few communities are named. */
const MISSING_MAX = 50
const LISTED = (c: number) => sql`exists (select from contracts.contract_house x where x.company_id = ${c} and x.contract_id = t.contract_id)`
const COUNTED = (scope: Scope) => sql`(select r.house_kinds from contracts.kind_rule r where r.company_id = ${scope.company_id} and r.kind_id = t.kind_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc, r.rule_id desc limit 1)`
/** The condition that house `h` is asked to sign contract `t` of kind `k`. */
export const ASKED = (scope: Scope): RawBuilder<unknown> => sql`(case when ${LISTED(scope.company_id)} then exists (select from contracts.contract_house x where x.company_id = ${scope.company_id} and x.contract_id = t.contract_id and x.house_id = h.house_id)
  else k.signed_by = 'all_houses' and h.kind = any(coalesce(${COUNTED(scope)}, '{}')) and h.state not in ('unsold','disabled') end)`
const FROM = (scope: Scope, contract_id: string) => sql`contracts.contract t join contracts.kind k on k.company_id = ${scope.company_id} and k.kind_id = t.kind_id join property.house h on h.company_id = ${scope.company_id} and h.community_id = t.community_id left join contracts.signature s on s.company_id = ${scope.company_id} and s.contract_id = t.contract_id and s.house_id = h.house_id and s.void_at is null
  where t.company_id = ${scope.company_id} and t.contract_id = ${contract_id} and ${ASKED(scope)}`

async function byHouse(scope: Scope, contract_id: string, lock = false): Promise<ContractKey & { community_id: string }> {
  const t = await contractToRead(scope, contract_id, { lock })
  if (t.signed_by === 'parties' || t.community_id === null) throw lock ? scope.refuse('contracts.not_house_by_house', { kind: t.kind_name }) : scope.notFound()
  return { ...t, community_id: t.community_id }
}
function narrowed(f: SigningFilter): RawBuilder<unknown> {
  const p: RawBuilder<unknown>[] = [sql`true`]
  if (f.state) p.push(f.state === 'signed' ? sql`s.signature_id is not null` : sql`s.signature_id is null`)
  if (f.building_id) p.push(sql`h.building_id = ${f.building_id}`)
  if (f.q) p.push(sql`(position(upper(${f.q}) in h.label) > 0 or s.signer_name = ${f.q})`)
  return sql.join(p, sql` and `)
}
async function rowsOf(scope: Scope, f: SigningFilter, limit: number, offset: number): Promise<SigningRow[]> {
  const c = scope.company_id
  const { rows } = await sql<SigningRow>`with page as materialized (select h.house_id, h.label, h.sort_no, s.signature_id, s.signed_on, s.signer_name, s.file_id, s.note, s.made_by_name from ${FROM(scope, f.contract_id)} and ${narrowed(f)} order by h.sort_no, h.label limit ${limit} offset ${offset})
    select p.house_id, p.label, p.signature_id, p.signed_on, p.signer_name, p.file_id is not null as has_file, p.note, p.made_by_name,
      (select string_agg(n.name, '、' order by o.is_primary desc, o.ownership_id) from people.ownership o join people.person n on n.company_id = ${c} and n.person_id = o.person_id where o.company_id = ${c} and o.house_id = p.house_id and o.from_on <= ${scope.today}::date and (o.to_on is null or o.to_on > ${scope.today}::date)) as owners
    from page p order by p.sort_no, p.label`.execute(scope.db)
  return rows
}
async function counts(scope: Scope, contract_id: string, f?: SigningFilter) {
  const { rows } = await sql<{ n: number; signed: number }>`select count(*)::int as n, count(s.signature_id)::int as signed from ${FROM(scope, contract_id)} and ${f ? narrowed(f) : sql`true`}`.execute(scope.db)
  return rows[0]!
}
async function ratesOf(scope: Scope, community_id: string | undefined): Promise<RateRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<RateRow, 'rate_bp' | 'unsigned_count'>>`with page as materialized (select t.* from contracts.contract t join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id and k.signed_by <> 'parties' where t.company_id = ${c} and ${IN_FORCE(scope)} and ${contractsSeenBy(scope)} ${community_id ? sql`and t.community_id = ${community_id}` : sql``} order by t.community_id, t.from_on desc, t.contract_id limit ${RATES_MAX})
    select t.contract_id, t.no, t.title, k.name as kind_name, m.name as community_name, n.house_count, n.signed_count from page t join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id join property.community m on m.company_id = ${c} and m.community_id = t.community_id
      cross join lateral (select count(*)::int as house_count, count(s.signature_id)::int as signed_count from property.house h left join contracts.signature s on s.company_id = ${c} and s.contract_id = t.contract_id and s.house_id = h.house_id and s.void_at is null where h.company_id = ${c} and h.community_id = t.community_id and ${ASKED(scope)}) n
    order by m.name, k.sort_no, t.from_on desc`.execute(scope.db)
  return rows.map((r) => ({ ...r, unsigned_count: r.house_count - r.signed_count, rate_bp: rateBp(r.signed_count, r.house_count) }))
}
/** Of each kind that is disclosed: how many communities have one in force, and which have none (GOV-03). */
async function coverageOf(scope: Scope, community_id: string | undefined) {
  const c = scope.company_id
  const kinds = (await kindsOf(scope)).filter((k) => k.is_public && !k.retired)
  const { rows } = await sql<{ kind_id: string; n: number; covered: number; missing: string[] }>`with place as materialized (select m.community_id, m.name from property.community m where m.company_id = ${c} and ${contractsSeenBy(scope, { alias: 'm' })} ${community_id ? sql`and m.community_id = ${community_id}` : sql``}),
      held as materialized (select distinct t.kind_id, t.community_id from contracts.contract t where t.company_id = ${c} and ${IN_FORCE(scope)})
    select x.kind_id, count(*)::int as n, count(d.kind_id)::int as covered, (coalesce(array_agg(p.name order by p.name) filter (where d.kind_id is null), '{}'))[1:${sql.lit(MISSING_MAX)}] as missing
    from unnest(${kinds.map((k) => k.kind_id)}::uuid[]) as x(kind_id) cross join place p left join held d on d.kind_id = x.kind_id and d.community_id = p.community_id group by x.kind_id`.execute(scope.db)
  const by = new Map(rows.map((r) => [r.kind_id, r]))
  return kinds.map((k) => ({ kind_id: k.kind_id, name: k.name, community_count: by.get(k.kind_id)?.n ?? 0, covered_count: by.get(k.kind_id)?.covered ?? 0, missing: by.get(k.kind_id)?.missing ?? [] }))
}
interface Known { signature_id: string; contract_id: string; no: string; label: string; over: boolean; has_file: boolean }
async function signatureToChange(scope: Scope, signature_id: string): Promise<Known> {
  const c = scope.company_id
  const { rows } = await sql<Known>`select s.signature_id, s.contract_id, t.no, h.label, s.void_at is not null as over, s.file_id is not null as has_file from contracts.signature s join contracts.contract t on t.company_id = ${c} and t.contract_id = s.contract_id join property.house h on h.company_id = ${c} and h.house_id = s.house_id where s.company_id = ${c} and s.signature_id = ${signature_id} and ${contractsSeenBy(scope)} for update of s`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].over) throw scope.refuse('contracts.signature_over')
  return rows[0]
}

export const signingAnswers = (app: () => App) => [
  answer(contracts.rates, async (scope, { community_id }) => ({ rows: await ratesOf(scope, community_id), coverage: await coverageOf(scope, community_id) })),
  answerFile(contracts.ratesExcel, async (scope, { community_id }) => {
    const rows = await ratesOf(scope, community_id)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const count = (title: string) => ({ title, kind: 'int' as const })
    const body = await writeSheet({ sheets: [{ name: '签约率', columns: [text('小区'), text('种类'), text('合同编号'), text('名称'), count('应签户数'), count('已签'), count('未签'), text('签约率')], rows: rows.map((r) => [r.community_name, r.kind_name, r.no, r.title, r.house_count, r.signed_count, r.unsigned_count, rateText(r.rate_bp)]) }] })
    return { name: `签约率-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(contracts.signing, async (scope, { page, page_size, ...f }) => {
    await byHouse(scope, f.contract_id)
    const [all, some] = [await counts(scope, f.contract_id), await counts(scope, f.contract_id, f)]
    return { rows: await rowsOf(scope, f, page_size, (page - 1) * page_size), total: some.n, house_count: all.n, signed_count: all.signed, rate_bp: rateBp(all.signed, all.n) }
  }),
  answerFile(contracts.signingExcel, async (scope, f) => {
    const t = await byHouse(scope, f.contract_id)
    const rows = await rowsOf(scope, f, EXCEL_MAX + 1, 0)
    if (rows.length > EXCEL_MAX) throw scope.refuse('contracts.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [{ name: f.state ? said('signing', f.state) : '逐户签署', columns: [text('合同编号'), text('房号'), text('业主'), text('状态'), { title: '签署日', kind: 'day' }, text('签署人'), text('扫描件'), text('说明'), text('登记人')], rows: rows.map((r) => [t.no, r.label, r.owners, said('signing', r.signature_id ? 'signed' : 'unsigned'), r.signed_on, r.signer_name, r.signature_id ? (r.has_file ? '有' : '无') : '', r.note, r.made_by_name]) }] })
    return { name: `${t.no}-${f.state === 'unsigned' ? '未签名单' : '逐户签署'}-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(contracts.signHouse, async (scope, o) => {
    const c = scope.company_id
    const t = await byHouse(scope, o.contract_id, true)
    if (t.state !== 'active' || (t.to_on !== null && t.to_on < scope.today)) throw scope.refuse('contracts.not_in_force', { no: t.no, state: said('contract', t.state === 'active' ? 'expired' : t.state) })
    if (o.signed_on > scope.today) throw scope.refuse('contracts.day_future', { today: scope.today })
    const { rows } = await sql<{ label: string; community_id: string; asked: boolean; signed_on: string | null; listed: number }>`select h.label, h.community_id, ${ASKED(scope)} as asked, (select s.signed_on from contracts.signature s where s.company_id = ${c} and s.contract_id = t.contract_id and s.house_id = h.house_id and s.void_at is null) as signed_on, (select count(*)::int from contracts.contract_house x where x.company_id = ${c} and x.contract_id = t.contract_id) as listed
      from contracts.contract t join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id, property.house h where t.company_id = ${c} and t.contract_id = ${t.contract_id} and h.company_id = ${c} and h.house_id = ${o.house_id}`.execute(scope.db)
    const h = rows[0]
    if (!h || h.community_id !== t.community_id) throw scope.refuse('contracts.house_elsewhere')
    if (h.signed_on) throw scope.refuse('contracts.signed_already', { house: h.label, on: h.signed_on })
    // Who signs when there is cause to, as at a renovation, is listed by signing.
    if (!h.asked) {
      if (t.signed_by !== 'some_houses') throw scope.refuse('contracts.house_not_asked', { house: h.label })
      if (h.listed >= HOUSES_MAX) throw scope.refuse('contracts.too_many_houses', { max: HOUSES_MAX })
      await scope.db.insertInto('contracts.contract_house').values({ company_id: c, contract_id: t.contract_id, house_id: o.house_id }).execute()
    }
    const file = o.file_id ? await ownFile(scope, o.file_id) : null
    const signature_id = uuidv7()
    const made = await scope.db.insertInto('contracts.signature').values({ company_id: c, signature_id, contract_id: t.contract_id, house_id: o.house_id, signed_on: o.signed_on, signer_name: o.signer_name, file_id: file?.file_id ?? null, file_name: file?.name ?? null, note: o.note || null, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).onConflict((x) => x.columns(['company_id', 'contract_id', 'house_id']).where('void_at', 'is', null).doNothing()).returning('signature_id').executeTakeFirst()
    if (!made) throw scope.refuse('contracts.signed_already', { house: h.label, on: scope.today })
    scope.note('contract_signature', signature_id, { no: t.no, house: h.label, signed_on: o.signed_on })
    return { signature_id }
  }),
  answer(contracts.addSignatureFile, async (scope, o) => {
    const s = await signatureToChange(scope, o.signature_id)
    if (s.has_file) throw scope.refuse('contracts.has_file')
    const file = await ownFile(scope, o.file_id)
    await scope.db.updateTable('contracts.signature').set({ file_id: file.file_id, file_name: file.name }).where('company_id', '=', scope.company_id).where('signature_id', '=', o.signature_id).execute()
    scope.note('contract_signature', o.signature_id, { no: s.no, house: s.label, file: file.name })
    return { signature_id: o.signature_id }
  }),
  answer(contracts.voidSignature, async (scope, o) => {
    const s = await signatureToChange(scope, o.signature_id)
    await scope.db.updateTable('contracts.signature').set({ void_at: scope.now, void_by_name: scope.who.name, void_reason: o.reason }).where('company_id', '=', scope.company_id).where('signature_id', '=', o.signature_id).execute()
    scope.note('contract_signature', o.signature_id, { no: s.no, house: s.label, voided: o.reason })
    return { signature_id: o.signature_id }
  }),
  answerFile(contracts.signatureFile, async (scope, { signature_id }) => {
    const c = scope.company_id
    const { rows } = await sql<Stored>`select s.file_name as name, f.sha256, f.type from contracts.signature s join contracts.contract t on t.company_id = ${c} and t.contract_id = s.contract_id join kernel.file f on f.company_id = ${c} and f.file_id = s.file_id where s.company_id = ${c} and s.signature_id = ${signature_id} and ${contractsSeenBy(scope)}`.execute(scope.db)
    return fileAnswer(app(), scope, rows[0])
  }),
]

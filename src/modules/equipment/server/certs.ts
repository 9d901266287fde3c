// Registering what was inspected or issued: each time a new row with its evidence; nothing is overwritten. What was registered wrongly is ended with a reason.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange, housesSeenBy } from '../../property/server/index.ts'
import { equipment, type CertFull, type CertKind } from '../contract.ts'
import { deviceToRead, wholeCompany } from './access.ts'
import { certKinds, certPolicy, writeCertKinds } from './cert_config.ts'
import { validTo } from './rules/ladder.ts'

const HISTORY_MAX = 200
type In = Out<(typeof equipment.saveCert)['takes']>

/** A device whose newest certificate of a kind that stops it has run out or was refused: it must stand still until there is a new one. */
export const mustStop = (scope: Scope, alias = 'd'): RawBuilder<SqlBool> => {
  const c = scope.company_id
  return sql<SqlBool>`exists (select from (select distinct on (q.kind_id) q.kind_id, q.valid_to_on, q.result from equipment.cert q where q.company_id = ${c} and q.equipment_id = ${sql.ref(`${alias}.equipment_id`)} and q.ended_at is null order by q.kind_id, q.valid_from_on desc, q.valid_to_on desc, q.made_at desc) q
    where (q.valid_to_on < ${scope.today}::date or q.result = 'fail') and (select r.stops from equipment.cert_rule r where r.company_id = ${c} and r.kind_id = q.kind_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc limit 1))`
}

export async function ownFiles(scope: Scope, file_ids: readonly string[]): Promise<{ file_id: string; name: string }[]> {
  const ids = [...new Set(file_ids)]
  if (ids.length === 0) return []
  const { rows } = await sql<{ file_id: string; name: string }>`select file_id, name from kernel.file where company_id = ${scope.company_id} and file_id = any(${ids}::uuid[]) and purpose in ('proof','photo') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.refuse('equipment.no_file')
  return rows
}
async function subjectOf(scope: Scope, kind: CertKind, o: In): Promise<{ building_id: string | null; about: string }> {
  const given = [o.equipment_id !== null, o.account_id !== null || (o.holder ?? '') !== '']
  const wanted = [kind.subject === 'device', kind.subject === 'person']
  if (given[0] !== wanted[0] || given[1] !== wanted[1] || (o.account_id && o.holder)) throw scope.refuse('equipment.cert_subject', { name: kind.name, subject: { device: '设备', person: '持证人', community: '小区' }[kind.subject] })
  if (o.equipment_id) {
    const d = await deviceToRead(scope, o.equipment_id)
    if (d.community_id !== o.community_id) throw scope.refuse('equipment.elsewhere')
    return { building_id: d.building_id, about: `${d.no} ${d.name}` }
  }
  const place = await communityToChange(scope, o.community_id)
  if (!o.account_id) return { building_id: null, about: o.holder || place.name }
  const { rows } = await sql<{ name: string }>`select name from identity.member where company_id = ${scope.company_id} and account_id = ${o.account_id} and disabled_at is null`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('equipment.keeper_gone')
  return { building_id: null, about: rows[0].name }
}

type Raw = CertFull & { community_id: string }
const INSTANT = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const certAnswers = [
  answer(equipment.certKinds, async (scope) => ({ rows: await certKinds(scope), policy: await certPolicy(scope) })),
  answer(equipment.saveCertKind, async (scope, o) => {
    wholeCompany(scope)
    await writeCertKinds(scope)
    const c = scope.company_id
    const all = await certKinds(scope)
    const before = all.find((k) => k.kind_id === o.kind_id)
    if (o.kind_id && !before) throw scope.notFound()
    if (all.some((k) => k.kind_id !== o.kind_id && k.name === o.name)) throw scope.refuse('equipment.name_taken', { name: o.name })
    if (before && before.subject !== o.subject) throw scope.refuse('equipment.subject_fixed', { name: before.name })
    const kind_id = o.kind_id ?? uuidv7()
    const values = { name: o.name, subject: o.subject, category_ids: o.category_ids, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('equipment.cert_kind').values({ company_id: c, kind_id, code: before?.code ?? kind_id, ...values }).onConflict((x) => x.columns(['company_id', 'kind_id']).doUpdateSet(values)).execute()
    // A new kind is in force at once, yearly, until a rule is published.
    if (!before) await scope.db.insertInto('equipment.cert_rule').values({ company_id: c, rule_id: uuidv7(), kind_id, from_on: '2000-01-01', period_n: 12, period_unit: 'month', law: null, evidence: null, stops: false, ladder: null, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('cert_kind', kind_id, { name: o.name })
    return { kind_id }
  }),
  answer(equipment.publishCertRule, async (scope, o) => {
    wholeCompany(scope)
    await writeCertKinds(scope)
    if (!(await certKinds(scope)).some((k) => k.kind_id === o.kind_id)) throw scope.notFound()
    if (o.from_on < scope.today) throw scope.refuse('equipment.from_past', { today: scope.today })
    const rule_id = uuidv7()
    await scope.db.insertInto('equipment.cert_rule').values({ company_id: scope.company_id, rule_id, kind_id: o.kind_id, from_on: o.from_on, period_n: o.period_n, period_unit: o.period_unit, law: o.law || null, evidence: o.evidence || null, stops: o.stops, ladder: o.ladder, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('cert_kind', o.kind_id, { from_on: o.from_on, period: `${o.period_n} ${o.period_unit}` })
    return { rule_id }
  }),
  answer(equipment.saveCertPolicy, async (scope, o) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('equipment.from_past', { today: scope.today })
    const policy_id = uuidv7()
    await scope.db.insertInto('equipment.cert_policy').values({ company_id: scope.company_id, policy_id, from_on: o.from_on, ladder: [...new Set(o.ladder)].toSorted((a, b) => b - a), daily: o.daily, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('cert_policy', policy_id, { from_on: o.from_on, ladder: o.ladder.join(' ') })
    return { from_on: o.from_on }
  }),
  answer(equipment.certHistory, async (scope, o) => {
    const c = scope.company_id
    const subject = o.equipment_id ? sql`x.equipment_id = ${o.equipment_id}` : o.account_id ? sql`x.account_id = ${o.account_id}` : o.holder ? sql`x.holder = ${o.holder}` : sql`x.equipment_id is null and x.account_id is null and x.holder is null`
    const { rows } = await sql<Raw>`select x.cert_id, x.no, x.issuer, x.result, x.valid_from_on, x.valid_to_on, x.note, x.made_by_name, x.made_at, case when x.ended_at is not null then x.ended_by_name || ':' || x.end_reason end as ended,
        (select coalesce(jsonb_agg(jsonb_build_object('file_id', f.file_id, 'name', f.name) order by f.name), '[]') from equipment.cert_file f where f.company_id = ${c} and f.cert_id = x.cert_id) as files,
        (select coalesce(jsonb_agg(jsonb_build_object('step', t.step, 'days_left', t.days_left, 'told_count', t.told_count, 'told_at', ${INSTANT('t.told_at')}) order by t.told_at), '[]') from (select * from equipment.cert_told y where y.company_id = ${c} and y.cert_id = x.cert_id order by y.told_at desc limit 60) t) as told
      from equipment.cert x where x.company_id = ${c} and x.kind_id = ${o.kind_id} and x.community_id = ${o.community_id} and ${subject} and ${housesSeenBy(scope, { alias: 'x' })} order by x.valid_to_on desc, x.made_at desc limit ${HISTORY_MAX}`.execute(scope.db)
    return { rows }
  }),
  answer(equipment.saveCert, async (scope, o) => {
    const c = scope.company_id
    await writeCertKinds(scope)
    const kind = (await certKinds(scope)).find((k) => k.kind_id === o.kind_id)
    if (!kind || kind.retired) throw scope.refuse('equipment.cert_kind_gone')
    const { building_id, about } = await subjectOf(scope, kind, o)
    if (o.valid_from_on > scope.today) throw scope.refuse('equipment.day_future')
    const valid_to_on = o.valid_to_on ?? validTo(o.valid_from_on, kind.rule.period_n, kind.rule.period_unit)
    if (valid_to_on < o.valid_from_on) throw scope.refuse('equipment.days_crossed', { earlier: `检验日 ${o.valid_from_on}`, later: '有效期至' })
    const files = await ownFiles(scope, o.file_ids)
    if (kind.rule.evidence && files.length === 0) throw scope.refuse('equipment.evidence_needed', { name: kind.name, evidence: kind.rule.evidence })
    const cert_id = uuidv7()
    // What failed is no permission to go on: it ends the day before it was found out.
    await sql`with made as (insert into equipment.cert (company_id, cert_id, kind_id, community_id, building_id, equipment_id, account_id, holder, no, issuer, result, valid_from_on, valid_to_on, note, made_by, made_by_name, made_at)
        values (${c}, ${cert_id}, ${o.kind_id}, ${o.community_id}, ${building_id}::uuid, ${o.equipment_id}::uuid, ${o.account_id}::uuid, ${o.holder || null}, ${o.no || null}, ${o.issuer}, ${o.result}, ${o.valid_from_on}, ${o.result === 'fail' ? o.valid_from_on : valid_to_on}, ${o.note || null}, ${scope.who.account_id}, ${scope.who.name}, ${scope.now}))
      insert into equipment.cert_file (company_id, cert_id, file_id, name) select ${c}, ${cert_id}, x.file_id, x.name from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) as x(file_id uuid, name text)`.execute(scope.db)
    scope.note('cert', cert_id, { kind: kind.name, about, valid_to_on })
    scope.emit('equipment.cert_saved', cert_id, { cert_id, equipment_id: o.equipment_id, valid_to_on })
    return { cert_id, valid_to_on: o.result === 'fail' ? o.valid_from_on : valid_to_on }
  }),
  answer(equipment.endCert, async (scope, o) => {
    const { rows } = await sql<{ ended: boolean; issuer: string }>`select x.ended_at is not null as ended, x.issuer from equipment.cert x where x.company_id = ${scope.company_id} and x.cert_id = ${o.cert_id} and ${housesSeenBy(scope, { alias: 'x' })} for update`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    if (rows[0].ended) throw scope.refuse('equipment.cert_ended')
    await sql`update equipment.cert set ended_at = ${scope.now}, ended_by_name = ${scope.who.name}, end_reason = ${o.reason} where company_id = ${scope.company_id} and cert_id = ${o.cert_id}`.execute(scope.db)
    scope.note('cert', o.cert_id, { ended: o.reason })
    return { cert_id: o.cert_id }
  }),
]
export const certAnswersOf = (app: () => App) => [
  ...certAnswers,
  answerFile(equipment.certFile, async (scope, o) => {
    const { rows } = await sql<{ sha256: string; type: string; name: string }>`select f.sha256, f.type, f.name from equipment.cert x join equipment.cert_file a on a.company_id = ${scope.company_id} and a.cert_id = x.cert_id join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = a.file_id where x.company_id = ${scope.company_id} and x.cert_id = ${o.cert_id} and a.file_id = ${o.file_id} and ${housesSeenBy(scope, { alias: 'x' })}`.execute(scope.db)
    const file = rows[0]
    if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
    return { name: file.name, type: file.type, body: openFile(app().data_dir, file.sha256), inline: true }
  }),
]

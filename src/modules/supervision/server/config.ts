// What an authority decides for itself from a day on: districts as a tree, codes by which companies join, targets of the rates, classes of the survey.
import { createHash, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { CODES, DISTRICTS_MAX, DISTRICT_KINDS, supervision, type ClassScheme, type Code, type District, type Target } from '../contract.ts'
import { alone, authorityOf } from './access.ts'

/** Targets of the plan of Shenyang (S1); the year's decision of the authority replaces them from its day. */
const SHIPPED_BP: Record<Code, number> = { tender: 10_000, preliminary: 10_000, covenant: 10_000, manager: 10_000, managed: 10_000, committee: 8_000 }
const FROM_OLD = '2000-01-01'
const SHIPPED_CLASSES: Omit<ClassScheme, 'next_from_on'> = {
  from_on: FROM_OLD, basis: '小区排查分类(参考)',
  classes: [{ name: '规范', means: '合同、规约、公示齐全,服务正常' }, { name: '基本规范', means: '个别事项需完善' }, { name: '需整改', means: '存在应限期整改的问题' }, { name: '弃管失管', means: '无人管理或物业已撤出' }],
}
export async function districtsOf(scope: Scope): Promise<District[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<District, 'path'>>`select d.district_id, d.parent_id, d.kind, d.name, d.sort_no, d.retired_at is not null as retired, (select count(*)::int from supervision.place p where p.company_id = ${c} and p.district_id = d.district_id and p.retired_at is null) as place_count from supervision.district d where d.company_id = ${c} order by d.sort_no, d.name, d.district_id limit ${DISTRICTS_MAX}`.execute(scope.db)
  const by = new Map(rows.map((r) => [r.district_id, r]))
  const pathOf = (id: string | null): string => { const d = id ? by.get(id) : undefined; return d ? [pathOf(d.parent_id), d.name].filter(Boolean).join(' ') : '' }
  const under = (parent: string | null): District[] => rows.filter((r) => r.parent_id === parent).flatMap((r) => [{ ...r, path: pathOf(r.district_id) }, ...under(r.district_id)])
  return under(null)
}
/** A district with all that lies in it. */
export function within(all: readonly District[], district_id: string): string[] {
  return [district_id, ...all.filter((d) => d.parent_id === district_id).flatMap((d) => within(all, d.district_id))]
}
export async function targetsOf(scope: Scope): Promise<Target[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<Target, 'next_from_on'>>`select distinct on (code) code, from_on, target_bp, counted, basis from supervision.target where company_id = ${c} and from_on <= ${scope.today}::date order by code, from_on desc, made_at desc, target_id desc`.execute(scope.db)
  const { rows: next } = await sql<{ code: Code; from_on: string }>`select code, min(from_on) as from_on from supervision.target where company_id = ${c} and from_on > ${scope.today}::date group by code`.execute(scope.db)
  return CODES.map((code) => ({ ...(rows.find((r) => r.code === code) ?? { code, from_on: FROM_OLD, target_bp: SHIPPED_BP[code], counted: code === 'managed' ? ['company' as const, 'office' as const, 'self' as const] : [], basis: '物业管理实施方案(参考)' }), next_from_on: next.find((n) => n.code === code)?.from_on ?? null }))
}
export async function classesOn(scope: Scope, day: string = scope.today): Promise<Omit<ClassScheme, 'next_from_on'>> {
  const { rows } = await sql<Omit<ClassScheme, 'next_from_on'>>`select from_on, classes, basis from supervision.class_scheme where company_id = ${scope.company_id} and from_on <= ${day}::date order by from_on desc, made_at desc, scheme_id desc limit 1`.execute(scope.db)
  return rows[0] ?? SHIPPED_CLASSES
}
// Read out over the phone it must survive: no 0/O, 1/I. Ten of them are 49 bits, kept as a digest.
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
export const digestOf = (code: string): string => createHash('sha256').update(`supervision ${code.toUpperCase().replace(/[^A-Z0-9]/g, '')}`).digest('hex')
const fromToday = (scope: Scope, from_on: string): void => { if (from_on < scope.today) throw scope.refuse('supervision.from_past', { today: scope.today }) }

export const configAnswers = [
  answer(supervision.districts, async (scope) => (await authorityOf(scope), { rows: await districtsOf(scope) })),
  answer(supervision.saveDistrict, async (scope, o) => {
    await authorityOf(scope)
    const c = scope.company_id
    await alone(scope, 'districts')
    const all = await districtsOf(scope)
    const level = (kind: string): number => DISTRICT_KINDS.indexOf(kind as 'county')
    const own = o.district_id ? all.find((d) => d.district_id === o.district_id) : undefined
    const parent = o.parent_id ? all.find((d) => d.district_id === o.parent_id) : undefined
    if ((o.district_id && !own) || (o.parent_id && !parent)) throw scope.notFound()
    // A tree by levels: what lies in a street is smaller than a street, so nothing can lie in itself.
    const lower = own ? all.filter((d) => d.parent_id === own.district_id) : []
    if ((parent && level(parent.kind) >= level(o.kind)) || lower.some((d) => level(d.kind) <= level(o.kind))) throw scope.refuse('supervision.district_level')
    if (all.some((d) => d.district_id !== o.district_id && d.parent_id === o.parent_id && d.name === o.name)) throw scope.refuse('supervision.district_taken', { name: o.name })
    if (own && o.retired && within(all, own.district_id).some((id) => { const d = all.find((x) => x.district_id === id)!; return d.place_count > 0 || (id !== own.district_id && !d.retired) })) throw scope.refuse('supervision.district_used', { name: own.name })
    if (!own && all.length >= DISTRICTS_MAX) throw scope.refuse('supervision.too_many_districts', { max: DISTRICTS_MAX })
    const district_id = own?.district_id ?? uuidv7()
    const values = { parent_id: o.parent_id, kind: o.kind, name: o.name, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null }
    if (own) await scope.db.updateTable('supervision.district').set(values).where('company_id', '=', c).where('district_id', '=', district_id).execute()
    else await scope.db.insertInto('supervision.district').values({ company_id: c, district_id, ...values, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('district', district_id, { name: o.name, kind: o.kind, ...(own ? { before: own.name } : {}), retired: o.retired })
    return { district_id }
  }),
  answer(supervision.makeInvite, async (scope, o) => {
    const authority_name = await authorityOf(scope)
    const d = (await districtsOf(scope)).find((x) => x.district_id === o.district_id && !x.retired)
    if (!d) throw scope.notFound()
    const code = Array.from({ length: 10 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
    const until_on = addDays(scope.today, o.days - 1)
    const invite_id = uuidv7()
    await scope.db.insertInto('supervision.invite').values({ company_id: scope.company_id, invite_id, code_hash: digestOf(code), code_tail: code.slice(-3), district_id: d.district_id, district_name: d.path, authority_name, until_on, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('invite', invite_id, { district: d.path, until_on })
    return { invite_token: `${code.slice(0, 5)}-${code.slice(5)}`, until_on }
  }),
  answer(supervision.invites, async (scope) => {
    await authorityOf(scope)
    const c = scope.company_id
    const { rows } = await sql<{ invite_id: string; code_tail: string; district_name: string; until_on: string; made_by_name: string; made_at: string; live: boolean; used_count: number }>`select i.invite_id, i.code_tail, i.district_name, i.until_on, i.made_by_name, i.made_at, i.until_on >= ${scope.today}::date as live, (select count(*)::int from supervision.link l where l.to_company_id = ${c} and l.invite_id = i.invite_id) as used_count from supervision.invite i where i.company_id = ${c} order by i.made_at desc, i.invite_id limit 50`.execute(scope.db)
    return { rows }
  }),
  answer(supervision.targets, async (scope) => (await authorityOf(scope), { rows: await targetsOf(scope) })),
  answer(supervision.publishTarget, async (scope, o) => {
    await authorityOf(scope)
    fromToday(scope, o.from_on)
    if (o.code === 'managed' && o.counted.length === 0) throw scope.refuse('supervision.counted_none')
    const target_id = uuidv7()
    await scope.db.insertInto('supervision.target').values({ company_id: scope.company_id, target_id, code: o.code, from_on: o.from_on, target_bp: o.target_bp, counted: o.code === 'managed' ? [...new Set(o.counted)] : [], basis: o.basis, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('target', target_id, { code: o.code, from_on: o.from_on, target_bp: o.target_bp, basis: o.basis })
    return { target_id }
  }),
  answer(supervision.classes, async (scope) => {
    await authorityOf(scope)
    const { rows } = await sql<{ from_on: string }>`select from_on from supervision.class_scheme where company_id = ${scope.company_id} and from_on > ${scope.today}::date order by from_on limit 1`.execute(scope.db)
    return { ...(await classesOn(scope)), next_from_on: rows[0]?.from_on ?? null }
  }),
  answer(supervision.publishClasses, async (scope, o) => {
    await authorityOf(scope)
    fromToday(scope, o.from_on)
    if (new Set(o.classes.map((k) => k.name)).size !== o.classes.length) throw scope.refuse('supervision.class_twice')
    const scheme_id = uuidv7()
    await scope.db.insertInto('supervision.class_scheme').values({ company_id: scope.company_id, scheme_id, from_on: o.from_on, classes: JSON.stringify(o.classes), basis: o.basis, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('class_scheme', scheme_id, { from_on: o.from_on, classes: o.classes.map((k) => k.name).join('、') })
    return { scheme_id }
  }),
]

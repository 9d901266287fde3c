// The chapters, read from the registers that hold them. A figure counts the lines under it, a line opens its own page, and each chapter opens the registers it reads, which hold
// more than what is of fire and of the span; what is missing is said in words.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { addDays, addMonths, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { FIRE_SYSTEM } from '../../equipment/server/index.ts'
import type { Asked, Chapter, Paper, Part, Rule } from '../contract.ts'
import { said } from '../shown.ts'
import type { Place } from './access.ts'
import type { ProfileRow } from './register.ts'

export const LINES_MAX = 200
const BUILDINGS_MAX = 2000
const SIGNS_MAX = 2000
export interface Given {
  scope: Scope
  place: Place
  asked: Asked
  rule: Rule
  profile: ProfileRow | null
  parts: readonly Part[]
  papers: readonly Paper[]
}
type Body = Omit<Chapter, 'registers'>
type F = Chapter['figures'][number]
type L = Chapter['lines'][number]
const fig = (label: string, value: number | string, o: { bad?: boolean } = {}): F => ({ label, value: String(value), bad: o.bad ?? false })
const line = (cells: readonly (string | number | null)[], o: { bad?: boolean; to?: string; needs?: string } = {}): L => ({ cells: cells.map((x) => (x === null ? '' : String(x))), bad: o.bad ?? false, to: o.to ?? null, needs: o.needs ?? null })
/** Text that has one of the words of fire in it. */
const ofFire = (g: Given, text: RawBuilder<unknown>): RawBuilder<SqlBool> => sql<SqlBool>`exists (select from unnest(${g.rule.fire_words}::text[]) w where position(w in ${text}) > 0)`
const from = (g: Given): string => `${g.asked.from_on}T00:00:00+08:00`
const until = (g: Given): string => `${addDays(g.asked.to_on, 1)}T00:00:00+08:00`
/** The same day so many months ago, or the first of the next where there is none. */
const monthsAgo = (day: string, n: number): string => `${addMonths(day.slice(0, 7), -n)}-${day.slice(8) > '28' ? '28' : day.slice(8)}`
const live = (g: Given, ...kinds: Paper['kind'][]): Paper[] => g.papers.filter((p) => p.ended === null && kinds.includes(p.kind))
const spanned = (g: Given, list: readonly Paper[]): Paper[] => list.filter((p) => p.on_day >= g.asked.from_on && p.on_day <= g.asked.to_on)
export const paperLine = (p: Paper): L => line([said('paper', p.kind), p.title, p.no, p.issuer, p.on_day, p.due_on, p.done_on ? `${p.done_on} ${p.done_words}` : p.late ? '到期未办结' : ''], { bad: p.late })
const PAPER_COLUMNS = ['种类', '名称', '文号', '出具单位', '日期', '到期日', '办结']

async function basics(g: Given): Promise<Body> {
  const c = g.scope.company_id
  const { rows } = await sql<{ building_id: string; name: string; above: number | null; below: number | null; houses: number }>`select b.building_id, b.name, b.floors_above as above, b.floors_below as below, (select count(*)::int from property.house h where h.company_id = ${c} and h.building_id = b.building_id) as houses from property.building b where b.company_id = ${c} and b.community_id = ${g.place.community_id} order by b.sort_no, b.name limit ${BUILDINGS_MAX}`.execute(g.scope.db)
  const parts = g.parts.filter((p) => !p.retired)
  const p = g.profile
  return {
    key: 'basics', title: '基本情况', basis: '公安部令第 61 号第四十二条(一)(二)', total: parts.length + rows.length,
    figures: [fig('消防安全责任人', p?.responsible ?? '未登记', { bad: !p }), fig('消防安全管理人', p?.manager ?? '未登记', { bad: !p }), fig('重点部位', parts.length, { bad: parts.length === 0 }), fig('楼栋', rows.length), fig('最高层数', rows.reduce((n, r) => Math.max(n, r.above ?? 0), 0)), fig('户数', rows.reduce((n, r) => n + r.houses, 0))],
    columns: ['种类', '名称', '位置或层数', '责任人', '防火措施或户数'],
    lines: [...parts.map((x) => line(['重点部位', x.name, x.place, x.keeper, `${x.reason};${x.measures}`])), ...rows.map((r) => line(['楼栋', r.name, [r.above ? `地上 ${r.above} 层` : '', r.below ? `地下 ${r.below} 层` : ''].filter(Boolean).join(','), '', `${r.houses} 户`], { to: `/property/houses?building_id=${r.building_id}`, needs: 'property.house.read' }))].slice(0, LINES_MAX),
    missing: [...(p ? [] : ['没有登记消防安全责任人和管理人']), ...(parts.length === 0 ? ['没有登记消防安全重点部位'] : [])],
  }
}
async function organisation(g: Given): Promise<Body> {
  const c = g.scope.company_id
  const { rows: people } = await sql<{ name: string; kind: string; no: string | null; valid_to_on: string }>`select coalesce(m.name, q.holder, '') as name, k.name as kind, q.no, q.valid_to_on from equipment.cert q join equipment.cert_kind k on k.company_id = ${c} and k.kind_id = q.kind_id and k.subject = 'person' and k.name like '%消防%' left join identity.member m on m.company_id = ${c} and m.account_id = q.account_id where q.company_id = ${c} and q.community_id = ${g.place.community_id} and q.ended_at is null order by q.valid_to_on, 1 limit ${LINES_MAX}`.execute(g.scope.db)
  const { rows: plans } = await sql<{ plan_id: string; name: string; live_no: number | null }>`select p.plan_id, p.name, p.live_no from emergency.plan p join emergency.kind k on k.company_id = ${c} and k.kind_id = p.kind_id and k.code = 'fire' where p.company_id = ${c} and p.community_id = ${g.place.community_id} and p.retired_at is null order by p.name limit ${LINES_MAX}`.execute(g.scope.db)
  const rules = live(g, 'rule')
  const over = people.filter((x) => x.valid_to_on < g.scope.today)
  const ready = plans.filter((x) => x.live_no !== null)
  return {
    key: 'organisation', title: '管理组织与制度', basis: '公安部令第 61 号第四十二条(三)(四)', total: people.length + plans.length + rules.length,
    figures: [fig('管理组织', g.profile?.organisation.slice(0, 20) ?? '未登记', { bad: !g.profile }), fig('持证消防人员', people.length, { bad: people.length === 0 }), fig('证件过期', over.length, { bad: over.length > 0 }), fig('火灾应急预案', ready.length, { bad: ready.length === 0 }), fig('制度与操作规程', rules.length, { bad: rules.length === 0 })],
    columns: ['种类', '名称', '编号或版本', '有效期'],
    lines: [...people.map((x) => line([x.kind, x.name, x.no, `至 ${x.valid_to_on}`], { bad: x.valid_to_on < g.scope.today })), ...plans.map((x) => line(['应急预案', x.name, x.live_no === null ? '没有现行版' : `第 ${x.live_no} 版`, ''], { bad: x.live_no === null, to: `/emergency/plans/${x.plan_id}`, needs: 'emergency.plan.read' })), ...rules.map((x) => line(['制度', x.title, x.no, x.on_day]))],
    missing: [...(people.length === 0 ? ['没有登记持证的消防设施操作员'] : []), ...(ready.length === 0 ? ['没有现行的火灾应急预案'] : []), ...(rules.length === 0 ? ['没有上传消防安全制度'] : [])],
  }
}
async function equipmentOf(g: Given): Promise<Body> {
  const c = g.scope.company_id
  const { rows } = await sql<{ category_id: string; name: string; total: number; bad: number; places: string }>`select g.category_id, g.name, count(*)::int as total, count(*) filter (where d.state <> 'in_use')::int as bad, left(string_agg(distinct d.place, '、'), 60) as places from equipment.device d join equipment.category g on g.company_id = ${c} and g.category_id = d.category_id join equipment.category s on s.company_id = ${c} and s.category_id = g.parent_id where d.company_id = ${c} and d.community_id = ${g.place.community_id} and d.state <> 'scrapped' and ${FIRE_SYSTEM} group by 1, 2 order by 2 limit ${LINES_MAX}`.execute(g.scope.db)
  // Of each kind of certificate over the fire system the newest a subject, as the board of certificates shows it.
  const { rows: certs } = await sql<{ kind: string; about: string | null; issuer: string; result: string; valid_to_on: string }>`select distinct on (q.kind_id, q.equipment_id) k.name as kind, d.name as about, q.issuer, q.result, q.valid_to_on from equipment.cert q join equipment.cert_kind k on k.company_id = ${c} and k.kind_id = q.kind_id and k.subject <> 'person' left join equipment.device d on d.company_id = ${c} and d.equipment_id = q.equipment_id
    where q.company_id = ${c} and q.community_id = ${g.place.community_id} and q.ended_at is null and (k.name like '%消防%' or k.name like '%灭火%') order by q.kind_id, q.equipment_id, q.valid_from_on desc, q.made_at desc limit ${LINES_MAX}`.execute(g.scope.db)
  const contracts = live(g, 'contract')
  const [all, bad] = [rows.reduce((n, r) => n + r.total, 0), rows.reduce((n, r) => n + r.bad, 0)]
  const over = certs.filter((x) => x.valid_to_on < g.scope.today || x.result === 'fail')
  const contractNow = contracts.some((p) => !p.due_on || p.due_on >= g.scope.today)
  return {
    key: 'equipment', title: '消防设施器材与维保检测', basis: '公安部令第 61 号第四十二条(五)、四十三条(三);消防法第十六条', total: rows.length + certs.length + contracts.length,
    figures: [fig('消防设施器材', all, { bad: all === 0 }), fig('停用或维修中', bad, { bad: bad > 0 }), fig('检测证明', certs.length, { bad: certs.length === 0 }), fig('过期或不合格', over.length, { bad: over.length > 0 }), fig('维保检测合同', contracts.length, { bad: !contractNow })],
    columns: ['种类', '名称', '数量或单位', '状况', '有效期'],
    lines: [...rows.map((r) => line(['设施器材', r.name, r.total, r.bad > 0 ? `${r.bad} 台停用或维修` : '在用', r.places], { bad: r.bad > 0, to: `/equipment/devices?category_id=${r.category_id}`, needs: 'equipment.device.read' })), ...certs.map((x) => line(['检测', [x.kind, x.about].filter(Boolean).join(' '), x.issuer, x.result === 'fail' ? '不合格' : x.result === 'conditional' ? '有条件合格' : '合格', `至 ${x.valid_to_on}`], { bad: x.valid_to_on < g.scope.today || x.result === 'fail' })), ...contracts.map((p) => line(['合同', p.title, p.issuer, '', p.due_on ? `至 ${p.due_on}` : '未写到期日'], { bad: p.due_on !== null && p.due_on < g.scope.today }))],
    missing: [...(all === 0 ? ['没有登记消防设施器材'] : []), ...(certs.length === 0 ? ['没有建筑消防设施年度检测证明(每年至少一次)'] : []), ...over.map((x) => `${x.kind}${x.about ?? ''}${x.result === 'fail' ? '不合格' : `已于 ${x.valid_to_on} 过期`}`).slice(0, 10), ...(contractNow ? [] : ['没有有效的消防维保检测合同'])],
  }
}
async function rounds(g: Given): Promise<Body> {
  const c = g.scope.company_id
  const { rows } = await sql<{ plan_id: string; name: string; due: number; done: number; missed: number; last_at: string | null; lately: string | null }>`with fire as (select p.plan_id, p.name from rounds.plan p left join rounds.route r on r.company_id = ${c} and r.route_id = p.route_id
      where p.company_id = ${c} and p.community_id = ${g.place.community_id} and not exists (select from duty.log o where o.company_id = ${c} and o.plan_id = p.plan_id)
        and (${ofFire(g, sql`p.name || ' ' || coalesce(r.name, '')`)} or exists (select from rounds.checklist_version v where v.company_id = ${c} and ${ofFire(g, sql`v.items::text`)} and (v.checklist_id = p.checklist_id or v.checklist_id in (select s.checklist_id from rounds.route_stop s where s.company_id = ${c} and s.route_id = p.route_id)))))
    select f.plan_id, f.name, count(t.task_id) filter (where t.on_day >= ${g.asked.from_on}::date and t.state <> 'waived' and (t.state in ('done','review','missed','rejected') or t.due_at < ${g.scope.now}::timestamptz))::int as due, count(t.task_id) filter (where t.on_day >= ${g.asked.from_on}::date and t.state in ('done','review'))::int as done, count(t.task_id) filter (where t.on_day >= ${g.asked.from_on}::date and t.state = 'missed')::int as missed, max(t.ended_at) as last_at, (max(t.ended_at) at time zone 'Asia/Shanghai')::date::text as lately
    from fire f left join rounds.task t on t.company_id = ${c} and t.plan_id = f.plan_id and t.on_day between ${g.asked.from_on}::date and ${g.asked.to_on}::date group by 1, 2 order by 2 limit ${LINES_MAX}`.execute(g.scope.db)
  const sum = (k: 'due' | 'done' | 'missed'): number => rows.reduce((n, r) => n + r[k], 0)
  const span = `from_on=${g.asked.from_on}&to_on=${g.asked.to_on}&community_id=${g.place.community_id}`
  const last = rows.map((r) => r.lately).filter((x) => x !== null).toSorted().at(-1)
  const old = g.asked.to_on >= g.scope.today && (!last || last < addDays(g.scope.today, -g.rule.patrol_days))
  return {
    key: 'rounds', title: '防火巡查与检查', basis: '公安部令第 61 号第二十五、二十六、四十三条(四)', total: rows.length,
    figures: [fig('巡查计划', rows.length, { bad: rows.length === 0 }), fig('应查', sum('due')), fig('已查', sum('done')), fig('漏查', sum('missed'), { bad: sum('missed') > 0 })],
    columns: ['计划', '应查', '已查', '漏查', '最近一次'], lines: rows.map((r) => line([r.name, r.due, r.done, r.missed, minuteText(r.last_at)], { bad: r.missed > 0, to: `/rounds/tasks?${span}&plan_id=${r.plan_id}`, needs: 'rounds.task.read' })),
    missing: [...(rows.length === 0 ? ['没有含消防内容的巡查计划'] : []), ...(old ? [`${g.rule.patrol_days} 天内没有防火巡查记录${last ? `(最近一次 ${last})` : ''}`] : [])],
  }
}
async function hazards(g: Given): Promise<Body> {
  const c = g.scope.company_id
  const { rows } = await sql<{ finding_id: string; place: string; words: string; found_at: string; due_at: string | null; state: string; closed_at: string | null; late: boolean; total: number; open: number; over: number }>`select f.finding_id, f.place, f.words, f.found_at, f.due_at, f.state, coalesce(f.closed_at, f.mended_at) as closed_at, (f.state = 'open' and f.due_at < ${g.scope.now}::timestamptz) is true as late, count(*) over ()::int as total, count(*) filter (where f.state <> 'closed') over ()::int as open, count(*) filter (where f.state = 'open' and f.due_at < ${g.scope.now}::timestamptz) over ()::int as over
    from rounds.finding f left join rounds.subject sj on sj.company_id = ${c} and sj.subject_id = f.subject_id where f.company_id = ${c} and f.community_id = ${g.place.community_id} and ${ofFire(g, sql`f.words || ' ' || f.place || ' ' || coalesce(sj.name, '')`)} and (f.state <> 'closed' or f.found_at >= ${from(g)}::timestamptz) and f.found_at < ${until(g)}::timestamptz order by (f.state = 'closed'), f.found_at desc limit ${LINES_MAX}`.execute(g.scope.db)
  const n = rows[0] ?? { total: 0, open: 0, over: 0 }
  return {
    key: 'hazards', title: '火灾隐患及整改', basis: '公安部令第 61 号第三十至三十五、四十三条(五);消防法第十六条(五)', total: n.total,
    figures: [fig('隐患', n.total), fig('未销案', n.open, { bad: n.open > 0 }), fig('逾期未改', n.over, { bad: n.over > 0 })],
    columns: ['位置', '问题', '发现', '限期', '状态', '整改'], lines: rows.map((r) => line([r.place, r.words, minuteText(r.found_at), minuteText(r.due_at), said('finding', r.state), minuteText(r.closed_at)], { bad: r.late, to: `/rounds/findings?finding_id=${r.finding_id}`, needs: 'rounds.task.read' })),
    missing: n.over > 0 ? [`${n.over} 项隐患过了整改期限`] : [],
  }
}
async function duty(g: Given): Promise<Body> {
  const c = g.scope.company_id
  const { rows } = await sql<{ room_id: string; name: string; place: string; handovers: number; due: number; done: number; missed: number; last_at: string | null }>`select m.room_id, m.name, m.place, (select count(*)::int from duty.handover h where h.company_id = ${c} and h.room_id = m.room_id and h.state = 'taken' and h.in_at >= ${from(g)}::timestamptz and h.in_at < ${until(g)}::timestamptz) as handovers, x.due, x.done, x.missed, x.last_at
    from duty.room m cross join lateral (select count(*) filter (where t.state in ('done','review','missed','rejected') or t.due_at < ${g.scope.now}::timestamptz)::int as due, count(*) filter (where t.state in ('done','review'))::int as done, count(*) filter (where t.state = 'missed')::int as missed, max(t.ended_at) as last_at from duty.log o join rounds.task t on t.company_id = ${c} and t.plan_id = o.plan_id and t.on_day between ${g.asked.from_on}::date and ${g.asked.to_on}::date where o.company_id = ${c} and o.room_id = m.room_id) x
    where m.company_id = ${c} and m.community_id = ${g.place.community_id} and m.kind = 'fire_control' and m.retired_at is null order by m.name limit ${LINES_MAX}`.execute(g.scope.db)
  const missed = rows.reduce((n, r) => n + r.missed, 0)
  return {
    key: 'duty', title: '消防控制室值班', basis: 'GB 25506-2010 4.2;公安部令第 61 号第四十三条', total: rows.length,
    figures: [fig('控制室', rows.length, { bad: rows.length === 0 }), fig('交接班', rows.reduce((n, r) => n + r.handovers, 0)), fig('运行记录', rows.reduce((n, r) => n + r.done, 0)), fig('漏记', missed, { bad: missed > 0 })],
    columns: ['控制室', '位置', '交接班', '应记', '已记', '漏记', '最近记录'], lines: rows.map((r) => line([r.name, r.place, r.handovers, r.due, r.done, r.missed, minuteText(r.last_at)], { bad: r.missed > 0, to: `/duty/handovers?room_id=${r.room_id}&from_on=${g.asked.from_on}&to_on=${g.asked.to_on}`, needs: 'duty.room.read' })),
    missing: rows.length === 0 ? ['没有登记消防控制室;没有自动消防设施的可以不设'] : rows.every((r) => r.handovers === 0) ? ['这段时间没有消防控制室交接班记录'] : [],
  }
}
async function drills(g: Given): Promise<Body> {
  const c = g.scope.company_id
  const { rows } = await sql<{ drill_id: string; plan: string; due_on: string; state: string; held_at: string | null; held_on: string | null; people: number; score: number | null; in_span: boolean }>`select d.drill_id, p.name as plan, d.due_on, d.state, d.held_at, (d.held_at at time zone 'Asia/Shanghai')::date::text as held_on, (select count(*)::int from emergency.drill_person x where x.company_id = ${c} and x.drill_id = d.drill_id and x.signed_at is not null) as people, d.score, coalesce((d.held_at at time zone 'Asia/Shanghai')::date, d.due_on) between ${g.asked.from_on}::date and ${g.asked.to_on}::date as in_span
    from emergency.drill d join emergency.plan p on p.company_id = ${c} and p.plan_id = d.plan_id join emergency.kind k on k.company_id = ${c} and k.kind_id = p.kind_id and k.code = 'fire' where d.company_id = ${c} and d.community_id = ${g.place.community_id} and d.state <> 'cancelled' order by coalesce(d.held_at, d.due_on::timestamptz) desc limit ${LINES_MAX}`.execute(g.scope.db)
  const last = rows.map((r) => r.held_on).filter((x) => x !== null).toSorted().at(-1)
  const late = rows.filter((r) => r.state === 'planned' && r.due_on < g.scope.today)
  const shown = rows.filter((r) => r.in_span)
  return {
    key: 'drills', title: '灭火和疏散演练', basis: '公安部令第 61 号第四十、四十三条(八)', total: shown.length,
    figures: [fig('已演练', shown.filter((r) => r.held_at).length), fig('参加人次', shown.reduce((n, r) => n + r.people, 0)), fig('逾期未演练', late.length, { bad: late.length > 0 }), fig('最近一次', last ?? '没有', { bad: !last })],
    columns: ['预案', '计划日', '演练时间', '签到', '得分', '状态'], lines: shown.map((r) => line([r.plan, r.due_on, minuteText(r.held_at), r.people, r.score, said('drill', r.state)], { bad: r.state === 'planned' && r.due_on < g.scope.today, to: `/emergency/drills/${r.drill_id}`, needs: 'emergency.plan.read' })),
    missing: !last || last < monthsAgo(g.scope.today, g.rule.drill_months) ? [`${g.rule.drill_months} 个月内没有灭火疏散演练${last ? `(最近一次 ${last})` : ''}`] : [],
  }
}
function training(g: Given): Body {
  const all = live(g, 'training')
  const shown = spanned(g, all)
  const last = all[0]?.on_day
  return {
    key: 'training', title: '消防安全培训', basis: '公安部令第 61 号第三十六、三十八、四十三条(七)', total: shown.length,
    figures: [fig('培训', shown.length), fig('参加人次', shown.reduce((n, p) => n + (p.people_count ?? 0), 0)), fig('最近一次', last ?? '没有', { bad: !last })],
    columns: ['日期', '内容', '组织单位', '参加人数', '摘要'], lines: shown.slice(0, LINES_MAX).map((p) => line([p.on_day, p.title, p.issuer, p.people_count, p.words])),
    missing: !last || last < monthsAgo(g.scope.today, g.rule.training_months) ? [`${g.rule.training_months} 个月内没有消防培训记录${last ? `(最近一次 ${last})` : ''}`] : [],
  }
}
async function fires(g: Given): Promise<Body> {
  const c = g.scope.company_id
  const { rows } = await sql<{ fire_id: string; begun_at: string; name: string; place: string; confirmed_by_name: string | null; verdict: string | null; note: string | null }>`select f.fire_id, f.begun_at, d.name, d.place, f.confirmed_by_name, f.verdict, f.note from iot.fire f join iot.device d on d.company_id = ${c} and d.device_id = f.device_id where f.company_id = ${c} and f.community_id = ${g.place.community_id} and f.begun_at >= ${from(g)}::timestamptz and f.begun_at < ${until(g)}::timestamptz order by f.begun_at desc limit ${LINES_MAX}`.execute(g.scope.db)
  const { rows: incidents } = await sql<{ incident_id: string; no: string; occurred_at: string; place: string; words: string; closed: boolean; hurt: number }>`select o.incident_id, o.no, o.occurred_at, o.place, o.words, o.state = 'closed' as closed, o.dead_count + o.badly_count + o.hurt_count as hurt from safety.incident o join safety.kind k on k.company_id = ${c} and k.kind_id = o.kind_id where o.company_id = ${c} and o.community_id = ${g.place.community_id} and o.state <> 'void' and k.name like '%火%' and o.occurred_at >= ${from(g)}::timestamptz and o.occurred_at < ${until(g)}::timestamptz order by o.occurred_at desc limit ${LINES_MAX}`.execute(g.scope.db)
  const open = rows.filter((r) => r.verdict === null)
  return {
    key: 'fires', title: '火警与火灾处置', basis: '公安部令第 61 号第四十三条(九);消防法第四十四条', total: rows.length + incidents.length,
    figures: [fig('火警', rows.length), fig('真实', rows.filter((r) => r.verdict === 'real').length, { bad: rows.some((r) => r.verdict === 'real') }), fig('误报', rows.filter((r) => r.verdict === 'false').length), fig('未结束', open.length, { bad: open.length > 0 }), fig('火灾事件', incidents.length, { bad: incidents.length > 0 })],
    columns: ['种类', '时间', '位置', '经过', '结论'],
    lines: [...incidents.map((o) => line(['火灾事件', minuteText(o.occurred_at), o.place, o.words.slice(0, 80), `${o.closed ? '已结案' : '未结案'}${o.hurt > 0 ? `,伤亡 ${o.hurt} 人` : ''}`], { bad: !o.closed, to: `/safety/incidents/${o.incident_id}`, needs: 'safety.incident.read' })), ...rows.map((r) => line(['火警', minuteText(r.begun_at), r.place, [r.name, r.note].filter(Boolean).join(':'), r.verdict ? said('verdict', r.verdict) : '未结束'], { bad: r.verdict === null, to: `/iot/fires/${r.fire_id}`, needs: 'iot.device.read' }))].slice(0, LINES_MAX),
    missing: [],
  }
}
async function escape(g: Given): Promise<Body> {
  const c = g.scope.company_id
  const { rows } = await sql<{ plan_id: string; name: string; version_no: number | null; from_on: string | null; ways: number; exits: number }>`select p.plan_id, p.name, v.version_no, v.from_on, (select count(*)::int from siteplan.line l where l.company_id = ${c} and l.version_id = v.version_id and l.kind = 'escape') as ways, (select count(*)::int from siteplan.pin i where i.company_id = ${c} and i.version_id = v.version_id and i.mark = 'exit') as exits from siteplan.plan p left join lateral (select * from siteplan.version v where v.company_id = ${c} and v.plan_id = p.plan_id and v.from_on <= ${g.scope.today}::date order by v.from_on desc, v.version_no desc limit 1) v on true where p.company_id = ${c} and p.community_id = ${g.place.community_id} and p.retired_at is null order by p.sort_no, p.name limit ${LINES_MAX}`.execute(g.scope.db)
  const { rows: signs } = await sql<{ no: string; words: string; place: string; state: string; due_on: string; late: boolean }>`select o.no, o.words, o.place, o.state, o.due_on, o.state = 'good' and o.due_on < ${g.scope.today}::date as late from safety.sign o where o.company_id = ${c} and o.community_id = ${g.place.community_id} and o.state <> 'removed' and (o.kind = '消防' or ${ofFire(g, sql`o.words || ' ' || o.place`)}) order by o.state = 'good', o.no limit ${SIGNS_MAX}`.execute(g.scope.db)
  const ready = rows.filter((r) => r.ways > 0)
  const bad = signs.filter((x) => x.state === 'damaged' || x.state === 'missing').length
  const late = signs.filter((x) => x.late).length
  return {
    key: 'escape', title: '疏散示意图与消防标识', basis: '公安部令第 61 号第三十九、四十条;消防法第十六、二十八条', total: rows.length + signs.length,
    figures: [fig('疏散示意图', ready.length, { bad: ready.length === 0 }), fig('消防标识', signs.length), fig('破损缺失', bad, { bad: bad > 0 }), fig('逾期未查', late, { bad: late > 0 })],
    columns: ['种类', '名称', '位置或版本', '状况', '下次检查'],
    lines: [...rows.map((r) => line(['平面图', r.name, r.version_no ? `第 ${r.version_no} 版 ${r.from_on} 起` : '没有图片', `疏散路线 ${r.ways},安全出口 ${r.exits}`, ''], { bad: r.ways === 0, to: `/siteplan?plan=${r.plan_id}`, needs: 'siteplan.plan.read' })), ...signs.map((x) => line(['标识', `${x.no} ${x.words}`, x.place, said('sign', x.state), x.due_on], { bad: x.state !== 'good' || x.late, to: `/safety/signs?q=${encodeURIComponent(x.no)}`, needs: 'safety.sign.read' }))].slice(0, LINES_MAX),
    missing: ready.length === 0 ? ['没有画了疏散路线的平面图'] : [],
  }
}
function papers(g: Given): Body {
  const all = live(g, 'approval', 'inspect', 'order', 'penalty', 'insurance', 'other')
  const shown = all.filter((p) => p.late || p.kind === 'approval' || (p.on_day >= g.asked.from_on && p.on_day <= g.asked.to_on))
  const late = all.filter((p) => p.late)
  return {
    key: 'papers', title: '消防文书与处罚', basis: '公安部令第 61 号第四十三条(一)(二)(十)', total: shown.length,
    figures: [fig('文书', shown.length), fig('责令改正', shown.filter((p) => p.kind === 'order').length), fig('处罚', shown.filter((p) => p.kind === 'penalty').length), fig('到期未办结', late.length, { bad: late.length > 0 })],
    columns: PAPER_COLUMNS, lines: shown.slice(0, LINES_MAX).map(paperLine),
    missing: [...(all.some((p) => p.kind === 'approval') ? [] : ['没有上传消防设计审核、验收或备案文书']), ...late.map((p) => (p.kind === 'order' || p.kind === 'penalty' || p.kind === 'inspect' ? `${said('paper', p.kind)}「${p.title}」应于 ${p.due_on} 前办结` : `「${p.title}」已于 ${p.due_on} 到期`)).slice(0, 10)],
  }
}
const REGISTERS: Record<string, Chapter['registers']> = {
  basics: [{ label: '楼栋与房产', to: '/property/communities', needs: 'property.house.read' }],
  organisation: [{ label: '检验与证件', to: '/equipment/certs', needs: 'equipment.device.read' }, { label: '应急预案', to: '/emergency/plans', needs: 'emergency.plan.read' }],
  equipment: [{ label: '设备台账', to: '/equipment/devices', needs: 'equipment.device.read' }, { label: '检验与证件', to: '/equipment/certs', needs: 'equipment.device.read' }],
  rounds: [{ label: '巡查任务', to: '/rounds/tasks', needs: 'rounds.task.read' }],
  hazards: [{ label: '巡查问题', to: '/rounds/findings', needs: 'rounds.task.read' }],
  duty: [{ label: '交接班', to: '/duty/handovers', needs: 'duty.room.read' }, { label: '运行记录', to: '/duty/sheets', needs: 'duty.room.read' }],
  drills: [{ label: '应急演练', to: '/emergency/drills', needs: 'emergency.plan.read' }],
  fires: [{ label: '火警', to: '/iot/fires', needs: 'iot.device.read' }, { label: '安全事件', to: '/safety/incidents', needs: 'safety.incident.read' }],
  escape: [{ label: '平面图', to: '/siteplan', needs: 'siteplan.plan.read' }, { label: '警示标识', to: '/safety/signs', needs: 'safety.sign.read' }],
}
export async function chaptersOf(g: Given): Promise<Chapter[]> {
  return [await basics(g), await organisation(g), await equipmentOf(g), await rounds(g), await hazards(g), await duty(g), await drills(g), training(g), await fires(g), await escape(g), papers(g)].map((x) => ({ ...x, registers: REGISTERS[x.key] ?? [] }))
}

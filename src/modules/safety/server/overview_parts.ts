// The sections of 安全统计. A number is a count of the rows that its address lists: by the same conditions, within the reach of the right over that register. A section whose register
// whoever asks has no right over is not there.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import { percentText } from '../../../kernel/percent.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { FIRE_SYSTEM, certLights, devicesSeenBy } from '../../equipment/server/index.ts'
import { communitiesSeenBy, housesSeenBy } from '../../property/server/index.ts'
import { findingConditions, findingFacts, taskFacts } from '../../rounds/server/index.ts'
import { LEVELS, type Cell, type OverviewAsked, type Section, type Table } from '../contract.ts'
import { words } from '../words.ts'
import { seenBy } from './access.ts'
import { facts } from './facts.ts'
import { and, conditions } from './list.ts'

const GROUPS_MAX = 60
const ROOMS_MAX = 100
export interface Asking {
  scope: Scope
  asked: OverviewAsked
}
type N = Record<string, number>
const said = (of: string, code: string): string => words.states![of]![code] ?? code
const plain = (text: string | number): Cell => ({ text: String(text), to: null, bad: false })
/** A number opens its rows; nought opens nothing. */
const num = (n: number, to: string, bad = false): Cell => ({ text: String(n), to: n > 0 ? to : null, bad: bad && n > 0 })
const rate = (part: number, whole: number): string => percentText(whole > 0 ? Math.floor((part * 10_000) / whole) : null) ?? '—'
const at = (path: string, o: Record<string, string | undefined>): string => `${path}?${new URLSearchParams(Object.entries(o).filter((e): e is [string, string] => e[1] !== undefined)).toString()}`
/** Named counts as one value `n`. */
const counts = (list: Record<string, RawBuilder<SqlBool>>) => sql`jsonb_build_object(${sql.join(Object.entries(list).flatMap(([k, w]) => [sql`${k}::text`, sql`count(*) filter (where ${w})`]))}) as n`
const only = <K extends string>(list: Record<K, RawBuilder<SqlBool>>, keys: readonly K[]): Record<string, RawBuilder<SqlBool>> => Object.fromEntries(keys.map((k) => [k, list[k]]))
const sum = (rows: readonly { n: N }[], key: string): number => rows.reduce((all, r) => all + r.n[key]!, 0)
const table = (key: string, title: string, columns: readonly string[], rows: Cell[][], note = ''): Table => ({ key, title, columns: [...columns], rows, note })
const lastDay = (month: string): string => addDays(`${addMonths(month, 1)}-01`, -1)

async function incidents({ scope, asked }: Asking): Promise<Section> {
  const c = scope.company_id
  const keys = ['counted', 'open', 'closed', 'close_late', 'report_late', 'with_hurt', 'measure_late'] as const
  const { from_on, to_on } = asked
  const where = and([seenBy(scope, 'safety.incident.read'), ...conditions(scope, asked)])
  const month = sql`to_char(o.occurred_at at time zone 'Asia/Shanghai', 'YYYY-MM')`
  const levels = Object.fromEntries(LEVELS.map((l) => [l, sql<SqlBool>`(o.state <> 'void' and o.level = ${l})`]))
  const { rows } = await sql<{ kind_id: string; name: string; n: N }>`select o.kind_id, k.name, ${counts({ ...only(facts(scope), keys), ...levels })} from safety.incident o join safety.kind k on k.company_id = ${c} and k.kind_id = o.kind_id where o.company_id = ${c} and ${where} group by 1, 2 order by count(*) desc, k.name limit ${GROUPS_MAX}`.execute(scope.db)
  const { rows: months } = await sql<{ month: string; n: N }>`select ${month} as month, ${counts(only(facts(scope), keys))} from safety.incident o where o.company_id = ${c} and ${where} group by 1 order by 1 limit 24`.execute(scope.db)
  const to = (o: Record<string, string | undefined>): string => at('/safety/incidents', { from_on, to_on, ...o })
  return {
    key: 'incidents', title: '安全事件', needs: 'safety.incident.read',
    headlines: [{ label: '安全事件', ...num(sum(rows, 'counted'), to({ fact: 'counted' })), under: `已结案 ${sum(rows, 'closed')}` }, { label: '未结案', ...num(sum(rows, 'open'), to({ fact: 'open' })), under: `超过结案期限 ${sum(rows, 'close_late')}` }, { label: '上报超时', ...num(sum(rows, 'report_late'), to({ fact: 'report_late' }), true), under: `措施逾期 ${sum(rows, 'measure_late')}` }],
    tables: [
      table('incidents_kind', '按种类与等级', ['种类', ...LEVELS.map((l) => said('level', l)), '合计', '未结案', '超过结案期限', '上报超时', '措施逾期'], rows.map((r) => {
        const of = { kind_id: r.kind_id }
        return [plain(r.name), ...LEVELS.map((l) => num(r.n[l]!, to({ ...of, level: l, fact: 'counted' }))), num(r.n['counted']!, to({ ...of, fact: 'counted' })), num(r.n['open']!, to({ ...of, fact: 'open' })), num(r.n['close_late']!, to({ ...of, fact: 'close_late' }), true), num(r.n['report_late']!, to({ ...of, fact: 'report_late' }), true), num(r.n['measure_late']!, to({ ...of, fact: 'measure_late' }), true)]
      }), '误报作废的不计。'),
      table('incidents_month', '按月', ['月份', '事件', '已结案', '未结案', '有伤亡', '上报超时'], months.map((r) => {
        const span = { from_on: `${r.month}-01` < from_on ? from_on : `${r.month}-01`, to_on: lastDay(r.month) > to_on ? to_on : lastDay(r.month) }
        return [plain(r.month), num(r.n['counted']!, to({ ...span, fact: 'counted' })), num(r.n['closed']!, to({ ...span, fact: 'closed' })), num(r.n['open']!, to({ ...span, fact: 'open' })), num(r.n['with_hurt']!, to({ ...span, fact: 'with_hurt' }), true), num(r.n['report_late']!, to({ ...span, fact: 'report_late' }), true)]
      })),
    ],
  }
}
const FINDING_KEYS = ['counted', 'open', 'closed', 'fixed', 'told', 'due', 'in_time', 'open_late'] as const
async function hazards({ scope, asked }: Asking): Promise<Section> {
  const c = scope.company_id
  const { rows } = await sql<{ department: string; n: N }>`select f.department, ${counts(only(findingFacts(scope), FINDING_KEYS))} from rounds.finding f where f.company_id = ${c} and ${and(findingConditions(scope, asked))} group by 1 order by count(*) desc, 1 limit ${GROUPS_MAX}`.execute(scope.db)
  const to = (o: Record<string, string | undefined>): string => at('/rounds/findings', { from_on: asked.from_on, to_on: asked.to_on, ...o })
  return {
    key: 'hazards', title: '隐患与问题整改', needs: 'rounds.task.read',
    headlines: [{ label: '发现隐患与问题', ...num(sum(rows, 'counted'), to({})), under: `已销项 ${sum(rows, 'closed')}` }, { label: '未销项', ...num(sum(rows, 'open'), to({ fact: 'open' })), under: `逾期未处理 ${sum(rows, 'open_late')}` }],
    tables: [table('hazards_department', '按责任部门', ['责任部门', '发现', '已销项', '未销项', '逾期未处理', '按时处理率'], rows.map((r) => {
      const of = { department: r.department }
      return [plain(r.department), num(r.n['counted']!, to(of)), num(r.n['closed']!, to({ ...of, fact: 'closed' })), num(r.n['open']!, to({ ...of, fact: 'open' })), num(r.n['open_late']!, to({ ...of, fact: 'open_late' }), true), plain(rate(r.n['in_time']!, r.n['due']!))]
    }), '巡查发现的和上报的秩序问题都在内;率看有时限的。')],
  }
}
async function order({ scope, asked }: Asking): Promise<Section> {
  const c = scope.company_id
  const { rows } = await sql<{ subject_id: string; name: string; n: N }>`select f.subject_id, s.name, ${counts(only(findingFacts(scope), FINDING_KEYS))} from rounds.finding f join rounds.subject s on s.company_id = ${c} and s.subject_id = f.subject_id where f.company_id = ${c} and ${and(findingConditions(scope, { ...asked, public: true }))} group by 1, 2 order by count(*) desc, 2 limit ${GROUPS_MAX}`.execute(scope.db)
  const to = (o: Record<string, string | undefined>): string => at('/rounds/public', { from_on: asked.from_on, to_on: asked.to_on, ...o })
  return {
    key: 'order', title: '公共秩序', needs: 'rounds.task.read',
    headlines: [{ label: '秩序问题', ...num(sum(rows, 'counted'), to({})), under: `按时处理率 ${rate(sum(rows, 'in_time'), sum(rows, 'due'))}` }],
    tables: [table('order_subject', '秩序问题按种类', ['种类', '发现', '当场处理', '报主管部门', '未销项', '逾期未处理', '按时处理率'], rows.map((r) => {
      const of = { subject_id: r.subject_id }
      return [plain(r.name), num(r.n['counted']!, to(of)), num(r.n['fixed']!, to({ ...of, fact: 'fixed' })), num(r.n['told']!, to({ ...of, fact: 'told' })), num(r.n['open']!, to({ ...of, fact: 'open' })), num(r.n['open_late']!, to({ ...of, fact: 'open_late' }), true), plain(rate(r.n['in_time']!, r.n['due']!))]
    }))],
  }
}
async function drills({ scope, asked }: Asking): Promise<Section> {
  const c = scope.company_id
  const { rows } = await sql<{ kind_id: string; name: string; n: N }>`select p.kind_id, g.name, ${counts({ planned: sql`true`, held: sql`d.state in ('held','closed')`, overdue: sql`d.state = 'planned' and d.due_on < ${scope.today}::date`, closed: sql`d.state = 'closed'` })}
    from emergency.drill d join emergency.plan p on p.company_id = ${c} and p.plan_id = d.plan_id join emergency.kind g on g.company_id = ${c} and g.kind_id = p.kind_id where d.company_id = ${c} and d.state <> 'cancelled' and d.due_on between ${asked.from_on}::date and ${asked.to_on}::date ${asked.community_id ? sql`and d.community_id = ${asked.community_id}` : sql``} and ${communitiesSeenBy(scope, { alias: 'd', permission: 'emergency.plan.read' })} group by 1, 2 order by count(*) desc, 2 limit ${GROUPS_MAX}`.execute(scope.db)
  const to = (o: Record<string, string | undefined>): string => at('/emergency/drills', { from_on: asked.from_on, to_on: asked.to_on, ...o })
  return {
    key: 'drills', title: '应急演练', needs: 'emergency.plan.read',
    headlines: [{ label: '演练完成', text: `${sum(rows, 'held')} / ${sum(rows, 'planned')}`, to: rows.length ? to({ fact: 'counted' }) : null, bad: false, under: `逾期未演练 ${sum(rows, 'overdue')}` }],
    tables: [table('drills_kind', '按事件种类', ['事件种类', '计划', '已演练', '已总结', '逾期未演练', '完成率'], rows.map((r) => [plain(r.name), num(r.n['planned']!, to({ kind_id: r.kind_id, fact: 'counted' })), num(r.n['held']!, to({ kind_id: r.kind_id, fact: 'done' })), num(r.n['closed']!, to({ kind_id: r.kind_id, state: 'closed' })), num(r.n['overdue']!, to({ kind_id: r.kind_id, overdue: '1' }), true), plain(rate(r.n['held']!, r.n['planned']!))]), '按应演练日在这段时间内的算,取消的不计。')],
  }
}
async function fire({ scope, asked }: Asking): Promise<Section> {
  const c = scope.company_id
  const { rows } = await sql<{ category_id: string; name: string; n: N }>`select g.category_id, g.name, ${counts({ in_use: sql`d.state = 'in_use'`, stopped: sql`d.state = 'stopped'`, repair: sql`d.state = 'repair'` })} from equipment.device d join equipment.category g on g.company_id = ${c} and g.category_id = d.category_id join equipment.category s on s.company_id = ${c} and s.category_id = g.parent_id
    where d.company_id = ${c} and d.state <> 'scrapped' and ${FIRE_SYSTEM} ${asked.community_id ? sql`and d.community_id = ${asked.community_id}` : sql``} and ${devicesSeenBy(scope, 'equipment.device.read')} group by 1, 2 order by 2 limit ${GROUPS_MAX}`.execute(scope.db)
  const lights = (await certLights(scope, { community_id: asked.community_id, permission: 'equipment.device.read' })).filter((k) => k.name.includes('消防') || k.name.includes('灭火'))
  const [bad, over] = [sum(rows, 'stopped') + sum(rows, 'repair'), lights.reduce((n, k) => n + k.counts.expired + k.counts.missing, 0)]
  const cert = (kind_id: string, light: string): string => at('/equipment/certs', { kind_id, light })
  const dev = (category_id: string, state: string): string => at('/equipment/devices', { category_id, state })
  return {
    key: 'fire', title: '消防设施器材', needs: 'equipment.device.read',
    headlines: [{ label: '消防设施器材', ...plain(sum(rows, 'in_use') + bad), under: `停用或维修 ${bad}` }, { label: '检测过期或未登记', text: String(over), to: over > 0 && lights.length === 1 ? cert(lights[0]!.kind_id, lights[0]!.counts.expired > 0 ? 'expired' : 'missing') : null, bad: over > 0, under: `临期与将到期 ${lights.reduce((n, k) => n + k.counts.near + k.counts.soon, 0)}` }],
    tables: [
      table('fire_devices', '设施器材(今日)', ['类别', '在用', '停用', '维修'], rows.map((r) => [plain(r.name), num(r.n['in_use']!, dev(r.category_id, 'in_use')), num(r.n['stopped']!, dev(r.category_id, 'stopped'), true), num(r.n['repair']!, dev(r.category_id, 'repair'), true)])),
      table('fire_certs', '消防检验与证件(今日)', ['种类', '有效', '将到期', '临期', '已过期', '未登记'], lights.map((k) => [plain(k.name), ...(['good', 'soon', 'near', 'expired', 'missing'] as const).map((l) => num(k.counts[l], cert(k.kind_id, l), l === 'expired' || l === 'missing'))])),
    ],
  }
}
async function duty({ scope, asked }: Asking): Promise<Section> {
  const c = scope.company_id
  const keys = ['due', 'done', 'late', 'missed', 'open_late'] as const
  const { rows } = await sql<{ room_id: string; room: string; plan_id: string | null; name: string | null; handovers: number; n: N }>`select m.room_id, m.name as room, l.plan_id, p.name, ${counts(only(taskFacts(scope), keys))},
      (select count(*)::int from duty.handover h where h.company_id = ${c} and h.room_id = m.room_id and h.state = 'taken' and h.in_at >= ${`${asked.from_on}T00:00:00+08:00`}::timestamptz and h.in_at < ${`${addDays(asked.to_on, 1)}T00:00:00+08:00`}::timestamptz) as handovers
    from duty.room m left join duty.log l on l.company_id = ${c} and l.room_id = m.room_id left join rounds.plan p on p.company_id = ${c} and p.plan_id = l.plan_id left join rounds.task t on t.company_id = ${c} and t.plan_id = l.plan_id and t.on_day between ${asked.from_on}::date and ${asked.to_on}::date
    where m.company_id = ${c} and m.kind = 'fire_control' and m.retired_at is null ${asked.community_id ? sql`and m.community_id = ${asked.community_id}` : sql``} and ${housesSeenBy(scope, { alias: 'm', permission: 'duty.room.read' })} group by 1, 2, 3, 4 order by 2, 4 limit ${ROOMS_MAX}`.execute(scope.db)
  const to = (plan_id: string | null, fact: string): string => at('/rounds/tasks', { plan_id: plan_id ?? undefined, from_on: asked.from_on, to_on: asked.to_on, fact })
  const [due, done] = [sum(rows, 'due'), sum(rows, 'done')]
  return {
    key: 'duty', title: '消防控制室值班记录', needs: 'rounds.task.read',
    headlines: [{ label: '控制室记录完成', text: rate(done, due), to: rows.length === 1 && due > 0 ? to(rows[0]!.plan_id, 'done') : null, bad: done < due, under: `${done} / ${due} 次` }],
    tables: [table('duty_logs', '运行记录', ['控制室', '记录', '交接班', '应记', '已记', '迟记', '漏记', '逾时未记', '完成率'], rows.map((r) => [plain(r.room), plain(r.name ?? '没有设运行记录'), num(r.handovers, at('/duty/handovers', { room_id: r.room_id, state: 'taken', from_on: asked.from_on, to_on: asked.to_on })), num(r.n['due']!, to(r.plan_id, 'due')), num(r.n['done']!, to(r.plan_id, 'done')), num(r.n['late']!, to(r.plan_id, 'late'), true), num(r.n['missed']!, to(r.plan_id, 'missed'), true), num(r.n['open_late']!, to(r.plan_id, 'open_late'), true), plain(rate(r.n['done']!, r.n['due']!))]))],
  }
}
async function signs({ scope, asked }: Asking): Promise<Section> {
  const c = scope.company_id
  const { rows } = await sql<{ kind: string; n: N }>`select o.kind, ${counts({ good: sql`o.state = 'good'`, damaged: sql`o.state = 'damaged'`, missing: sql`o.state = 'missing'`, late: sql`o.due_on < ${scope.today}::date` })} from safety.sign o
    where o.company_id = ${c} and o.state <> 'removed' ${asked.community_id ? sql`and o.community_id = ${asked.community_id}` : sql``} and ${housesSeenBy(scope, { alias: 'o', permission: 'safety.sign.read' })} group by 1 order by 1 limit ${GROUPS_MAX}`.execute(scope.db)
  const to = (o: Record<string, string | undefined>): string => at('/safety/signs', o)
  const bad = sum(rows, 'damaged') + sum(rows, 'missing')
  return {
    key: 'signs', title: '警示标识', needs: 'safety.sign.read',
    headlines: [{ label: '标识破损或缺失', text: String(bad), to: bad > 0 ? to({ state: sum(rows, 'damaged') > 0 ? 'damaged' : 'missing' }) : null, bad: bad > 0, under: `完好 ${sum(rows, 'good')},逾期未查 ${sum(rows, 'late')}` }],
    tables: [table('signs_kind', '标识(今日)', ['种类', '完好', '破损', '缺失', '逾期未查'], rows.map((r) => [plain(r.kind), num(r.n['good']!, to({ kind: r.kind, state: 'good' })), num(r.n['damaged']!, to({ kind: r.kind, state: 'damaged' }), true), num(r.n['missing']!, to({ kind: r.kind, state: 'missing' }), true), num(r.n['late']!, to({ kind: r.kind, late: '1' }), true)]))],
  }
}
const PARTS: readonly (readonly [right: string, make: (a: Asking) => Promise<Section>])[] = [['safety.incident.read', incidents], ['rounds.task.read', hazards], ['rounds.task.read', order], ['emergency.plan.read', drills], ['equipment.device.read', fire], ['duty.room.read', duty], ['safety.sign.read', signs]]
export async function sectionsOf(a: Asking): Promise<Section[]> {
  const out: Section[] = []
  for (const [right, make] of PARTS) if (mayDo(a.scope.who, right)) out.push(await make(a))
  return out
}

// A tariff in Chinese, sentence by sentence: what the workshop shows while it is written, and the history afterwards.
import { UNITS, ZH, type ChargeSpec } from './charge.ts'
import { formulaText } from './formula.ts'
import type { LateFeeSpec } from './late_fee.ts'
import { show } from './exact.ts'
import { boundsOf, tierPrice, type MeteredSpec, type TableSpec } from './metered_spec.ts'
import { boundMinutes, hasRate, type CapSpec, type ParkingSpec, type RateBody, type RateSpec } from './parking_spec.ts'
import { priceKeys, type When } from './shared.ts'
import type { Component, Tariff, Version } from './spec.ts'

const RANGE = { min: '≥', max: '≤', above: '>', below: '<' } as const
export function whenText(when: When | undefined): string {
  if (!when) return ''
  return Object.entries(when).map(([k, v]) => (Array.isArray(v) ? `${k} 为 ${v.join('、')}` : typeof v === 'object' ? Object.entries(v).map(([r, x]) => `${k} ${RANGE[r as keyof typeof RANGE]} ${x}`).join(' 且 ') : v === true ? k : v === false ? `非 ${k}` : `${k} 为 ${v}`)).join(' 且 ')
}
const PER = { month: '月', quarter: '季度', year: '年', season: '供暖季', day: '天', once: '次' } as const
const PRORATION = { real_days: '不足一月按当月实际天数', thirty_days: '不足一月按 30 天', whole_month: '按整月', started_month: '不足一月按一月', half_month: '15 日前后各半月' } as const
const ROUNDING = { half_up: '四舍五入', half_even: '四舍六入五成双', up: '进一', down: '舍去' } as const
const PLACE = { price: '单价先取整', step: '每档每段', month: '每月', line: '每个费项一次', total: '合计一次' } as const

function charge(s: ChargeSpec): string[] {
  const unit = s.unit ?? UNITS[s.by]!
  const price = s.price !== undefined ? `${s.price} 元/${unit}` : s.tiers ? s.tiers.map((t, i) => `${t.to ? `至第 ${t.to} ${unit}` : i ? '以后' : '全部'} ${t.price} 元`).join(',') : s.matrix ? `按 ${priceKeys(s).join('、')} 查价目表` : s.prices ? s.prices.map((p) => `${whenText(p.when) || '其他'} ${p.price} 元`).join(';') : '选定单价'
  const out = [`金额 = ${s.by === 'house' ? '1 户' : `${ZH[s.by]}(${unit})`} × ${price}${s.per === 'once' ? '' : ` × ${PER[s.per]}数`}`]
  if (s.guide) out.push(`单价须在政府指导价${s.guide.price ? ` ${s.guide.price} 元` : ''}上浮 ${s.guide.up_percent}%、下浮 ${s.guide.down_percent}% 以内${s.guide.ceiling ? `,不高于 ${s.guide.ceiling} 元` : ''}`)
  for (const f of s.factors ?? []) out.push(`${f.name}${f.when ? `(${whenText(f.when)})` : ''}:× ${f.percent !== undefined ? `${f.percent}%` : (f.times ?? `案例给出的 ${f.input}`)}`)
  if (s.height) out.push(`层高超过 ${s.height.over} m:${s.height.method === 'ratio' ? `按层高 ÷ ${s.height.over}` : `每 ${s.height.step} m 加 ${s.height.percent}%${s.height.method === 'linear' ? '(按比例)' : ''}`}`)
  if (s.stop) out.push(`报停(${whenText(s.stop.when)})收 ${s.stop.percent}%${s.stop.deadline ? `,须在 ${s.stop.deadline} 前申请` : ''}`)
  for (const r of s.refunds ?? []) out.push(`${r.name}:按 ${r.input} 天数退每天金额${r.percent === '100' ? '' : `的 ${r.percent}%`}`)
  for (const o of s.prepay?.offers ?? []) out.push(`预缴 ${o.months} 个月${o.percent ? `按 ${o.percent}%` : `付 ${o.pay_months ?? o.months} 个月`}${o.gift ? `,赠 ${o.gift}` : ''}`)
  if (s.minimum) out.push(`最低 ${s.minimum} 元`)
  if (s.maximum) out.push(`最高 ${s.maximum} 元`)
  return out
}

function tiersText(s: MeteredSpec, t: TableSpec): string {
  const unit = s.unit
  if (!t.tiers) return t.price === undefined ? '按时段单价' : `${t.price} 元/${unit}`
  const bounds = boundsOf(t.tiers)
  return t.tiers.map((x, i) => {
    const b = bounds[i]!
    const to = b.bound === undefined ? '以上' : `至 ${typeof b.bound === 'object' ? JSON.stringify(b.bound) : b.bound}${b.per_person ? ' × 人数' : ''}`
    const price = x.prices ? Object.entries(x.prices).map(([k, p]) => `${s.classes?.find((c) => c.class === k)?.name ?? k} ${p}`).join('、') : show(tierPrice(t, x))
    return `第${i + 1}档 ${to}${b.bound === undefined ? '' : ` ${unit}`}:${price} 元`
  }).join(';')
}
const CYCLE = { month: '每月', two_months: '每两个月', quarter: '每季', half_year: '每半年', year: '每年' } as const
function metered(s: MeteredSpec): string[] {
  const out: string[] = []
  if (s.seasons) for (const x of s.seasons) out.push(`${x.name}(${x.months.join('、')} 月)${tiersText(s, x)}`)
  else out.push(s.tiers ? `${CYCLE[s.cycle]}累计${s.cycle === 'year' ? `(${s.year_start} 月起)` : ''},上限含在本档:${tiersText(s, s)}` : `金额 = 用量 × ${tiersText(s, s)}`)
  if (s.quantity_percent) out.push(`用量按 ${s.quantity_percent}% 计`)
  if (s.loss_percent) out.push(`加损耗 ${s.loss_percent}%`)
  if (s.classes) out.push(`时段 ${s.classes.map((c) => c.name).join('、')},${s.class_split === 'ratio' ? '限额按总量,各档按用量比例' : '各时段自己的限额'}`)
  if (s.people) out.push(s.people.over === undefined ? `人数达到 ${s.people.steps!.map((x) => `${x.people} 人加 ${x.adds.join('、')}`).join(';')}` : `超过 ${s.people.over} 人,每人各档加 ${s.people.each_adds!.join('、')}${s.people.when ? `(${whenText(s.people.when)})` : ''}`)
  for (const a of s.additions ?? []) out.push(`${a.name}(${whenText(a.when)})各档加 ${a.adds.join('、')}`)
  for (const g of s.groups ?? []) out.push(`${g.name}(${whenText(g.when)}):${g.price || g.tiers ? tiersText(s, g) : ''}${g.percent ? `按 ${g.percent}%` : ''}${g.free_quantity ? `免 ${g.free_quantity} ${s.unit}` : ''}`)
  if (s.suspended) out.push(`${s.suspended.months.join('、')} 月暂停阶梯${s.suspended.limits === 'prorate' ? ',限额按月折算' : ''}`)
  if (s.over_quota) out.push(`超定额:${s.over_quota.map((b) => `${b.to_percent ? `${b.to_percent}% 以内` : '以上'} ${b.times} 倍`).join(',')}`)
  if (s.minimum) out.push(`最低 ${s.minimum.amount ? `${s.minimum.amount} 元` : `${s.minimum.usage} ${s.unit}`}`)
  for (const f of s.fixed ?? []) out.push(`${f.name} ${f.price} 元/${f.per === 'month' ? '月' : '次'}`)
  return out
}

const minutes = (n: number | null): string => (n === null ? '以上' : n % 60 === 0 ? `${n / 60} 小时` : `${n} 分钟`)
function rate(r: RateSpec): string {
  if (r.per_time !== undefined) return `每次 ${r.per_time} 元`
  if (r.bands) return `${r.bands.map((b) => `${boundMinutes(b) === null ? '以上' : `${minutes(boundMinutes(b))}以内`} ${b.price} 元`).join(',')}${r.then ? `,超过部分每 ${minutes(r.then.unit_minutes)} ${r.then.unit_price} 元` : ''}`
  if (r.steps) return r.steps.map((s) => `${boundMinutes(s) === null ? '之后' : `前 ${minutes(boundMinutes(s))}`}每 ${minutes(s.unit_minutes)} ${s.unit_price} 元`).join(',')
  return `${r.first ? `首 ${minutes(r.first.minutes)} ${r.first.price} 元,之后` : ''}每 ${minutes(r.unit_minutes ?? 60)} ${r.unit_price} 元(不足一个单位${r.unit_rounding === 'down' ? '不计' : '按一个'})`
}
const capText = (c: CapSpec): string => `${{ '24h': '每 24 小时', calendar_day: '每自然日', rolling_24h: '24 小时内多次合计', stay: '整次' }[c.per]}封顶 ${c.amount ?? c.by_day?.map((x, i) => `第 ${i + 1} 天 ${x}`).join('、') ?? c.by_stay!.map((b) => `停放 ${boundMinutes(b) === null ? '以上' : minutes(boundMinutes(b))} ${b.amount}`).join('、')} 元`
const FREE = { lost: '超过不减免', deducted: '始终扣除', in_first: '含在首段内' } as const
function body(b: RateBody): string[] {
  return [
    ...(b.free ?? []).map((f) => `免费 ${f.minutes} 分钟(含),${FREE[f.rule]}${f.when ? `(${whenText(f.when)})` : ''}`),
    ...(hasRate(b) ? [rate(b)] : []),
    ...(b.windows ?? []).map((w) => `${w.name} ${w.from}–${w.to}:${rate(w)}${w.cap ? `,封顶 ${w.cap} 元` : ''}`),
    ...(b.caps ?? []).map(capText),
  ]
}
function parking(s: ParkingSpec): string[] {
  const out = body(s)
  if (s.windows) out.push(s.border === 'split' ? '跨时段按钟点切开' : '单位按其开始时段计价')
  for (const c of s.classes ?? []) out.push(`${c.name}${c.vehicle ? `(${c.vehicle.join('、')})` : `(${whenText(c.when)})`}:${c.exempt ? '免费' : [c.times ? `${c.times} 倍` : '', ...body(c)].filter(Boolean).join(',')}`)
  for (const d of s.discounts ?? []) out.push(`${d.name}(${whenText(d.when)}):${d.free ? '免费' : `${d.percent ? `付 ${d.percent}%` : ''}${d.minus ? `减 ${d.minus} 元` : ''}`}`)
  for (const p of s.passes ?? []) out.push(`${p.name}:${p.hours ? p.hours.map((h) => `${h.from}–${h.to}`).join('、') : '全天'}不计费`)
  if (s.minimum) out.push(`最低 ${s.minimum} 元`)
  if (s.lost_ticket) out.push(`遗失票卡 ${s.lost_ticket.amount} 元${s.lost_ticket.plus_time ? ',另计停车费' : ''}`)
  if (s.exit_grace_minutes) out.push(`缴费后 ${s.exit_grace_minutes} 分钟内离场`)
  return out
}
function late(s: LateFeeSpec): string[] {
  return [`违约金 = 未缴本金 × ${s.daily_percent === undefined ? `LPR × ${s.lpr_times} ÷ ${s.year_days}` : `${s.daily_percent}%`} × 天数`, `到期后宽限 ${s.grace_days} 天${s.grace_days && s.grace_counts ? ',超过后连同宽限期计' : ''}`, s.paid_day === 'free' ? '缴纳当日起,已缴部分不计' : '计至缴纳当日(含)', ...(s.cap_percent ? [`不超过本金的 ${s.cap_percent}%`] : []), ...(s.holiday_shift === 'next_workday' ? ['到期日遇休息日顺延'] : [])]
}

function component(c: Component): string[] {
  const s = c.spec
  const own = s.shape === 'charge' ? charge(s) : s.shape === 'metered' ? metered(s) : s.shape === 'parking' ? parking(s) : s.shape === 'late_fee' ? late(s) : s.shape === 'formula' ? [`金额 = ${formulaText(s)}`] : [`金额 = ${s.of.join('、')} × ${s.percent}%`]
  return [...(c.when ? [`适用于 ${whenText(c.when)}`] : []), ...own, ...(c.payers ? [`分担:${c.payers.map((p) => `${p.payer} ${p.rest ? '其余' : p.percent ? `${p.percent}%` : `${p.amount} 元`}`).join('、')}`] : [])]
}
export interface Described {
  code: string
  name: string
  lines: string[]
}
export const describeVersion = (v: Version): Described[] => v.components.map((c) => ({ code: c.code, name: c.name, lines: [...component(c), `${PLACE[(c.rounding ?? v.rounding).place]}${ROUNDING[(c.rounding ?? v.rounding).mode]}到 ${(c.rounding ?? v.rounding).to} 元${c.spec.shape === 'charge' && c.spec.per !== 'once' ? `;${PRORATION[c.spec.proration ?? v.proration]}` : ''}`] }))
export const describeTariff = (t: Tariff): Described[] => describeVersion(t.versions.at(-1)!)

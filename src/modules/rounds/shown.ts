// How rules, states and flags are said on every face and in exports.
import type { Rule, Window } from './shapes.ts'
import { words } from './words.ts'

export const said = (of: keyof NonNullable<typeof words.states>, code: string): string => words.states?.[of]?.[code] ?? code
const WEEK = ['一', '二', '三', '四', '五', '六', '日']
const span = (w: Window): string => `${w.from}–${w.to <= w.from ? '次日 ' : ''}${w.to}`
const spans = (list: readonly Window[]): string => list.map(span).join('、')
const season = (s: { from: string; to: string } | null): string => (s ? `(${s.from} 至 ${s.to})` : '')
const days = (n: number): string => (n === 1 ? '' : `,${n} 天内`)

/** '每天 08:00–10:00(工作日)' */
export function ruleText(r: Rule): string {
  switch (r.kind) {
    case 'hourly': return `${r.from}–${r.to <= r.from ? '次日 ' : ''}${r.to} 每${r.every_minutes % 60 === 0 ? `${r.every_minutes === 60 ? '' : ` ${r.every_minutes / 60} `}小时` : ` ${r.every_minutes} 分钟`}一次${r.days === 'all' ? '' : `,${said('days', r.days)}`}${season(r.season)}`
    case 'daily': return `${r.every_days === 1 ? said('days', r.days) : `每 ${r.every_days} 天`} ${spans(r.windows)}${season(r.season)}`
    case 'weekly': return `每周${r.weekdays.toSorted().map((d) => WEEK[d - 1]).join('、')} ${spans(r.windows)}${season(r.season)}`
    case 'half_month': return `每半月一次${season(r.season)}`
    case 'monthly': return `每月 ${r.month_days.toSorted((a, b) => a - b).join('、')} 日起${days(r.span_days)}${season(r.season)}`
    case 'yearly': return `每年 ${r.dates.toSorted().join('、')} 起${days(r.span_days)}`
    case 'once': return `${r.on} 起${days(r.span_days)}`
    case 'before': return `${r.expires_on} 到期前 ${r.lead_days} 天内${r.every_months ? `,每 ${r.every_months} 个月` : ''}`
    case 'hours': return `每运行 ${r.every_hours} 小时,差 ${r.lead_hours} 小时时派出${days(r.span_days)}`
    case 'expiry': return `证件到期前 ${r.lead_days} 天内`
    case 'dry': return `连续 ${r.dry_days} 天无雨雪后 ${spans(r.windows)}${season(r.season)}`
    case 'weather': return `遇${r.on.map((w) => said('weather', w)).join('、')},${r.within_minutes % 60 === 0 ? `${r.within_minutes / 60} 小时` : `${r.within_minutes} 分钟`}内`
  }
}
export const TONE = { waiting: 'plain', doing: 'busy', done: 'good', review: 'warn', missed: 'bad', rejected: 'bad', waived: 'plain', cancelled: 'plain' } as const

/** '2026 年' · '2026 年 12 月' · '11-23 至 11-29' */
export const periodText = (level: 'year' | 'month' | 'week', from_on: string, to_on: string): string => (level === 'year' ? `${from_on.slice(0, 4)} 年` : level === 'month' ? `${from_on.slice(0, 4)} 年 ${Number(from_on.slice(5, 7))} 月` : `${from_on} 至 ${to_on.slice(5)}`)

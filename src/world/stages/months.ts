// The months, played in order: price change, sales and hand-overs, bills, meter rounds, visits to the desk, corrections. Every event
// is marked when it is over, so that a loader that was stopped goes on with the one it was in.
import { at } from '../caller.ts'
import { addDays, addMonths, nowMs } from '../../kernel/clock.ts'
import { firstOf, instantAt, isPast, lastDayOf } from '../plan/calendar.ts'
import { changesOf } from '../plan/changes.ts'
import { HEAT_BILLED_DAY, PRICE_CHANGE, priceChangeOn, SEASON } from '../plan/fees.ts'
import { groupsOf, type Group } from '../plan/groups.ts'
import { visitOf } from '../plan/habits.ts'
import type { CommunityKey, PlanChange } from '../plan/shapes.ts'
import { houseId, keyOf, must, planPeople, type Town } from '../town.ts'
import { cashierOf, openDesks, type Visiting } from './desk.ts'
import { bill, drafter, publisher, type Event } from './runs.ts'
import { meterEvents } from './rounds.ts'
import { adjustmentEvents } from './adjustments.ts'
import { reversalEvents } from './corrections.ts'
import { heldEvents } from './held.ts'
import { closingEvents } from './closing.ts'
import { closeDays, countDrawers, openDrawers, setDeskRule } from './shifts.ts'
import { ledger } from '../../modules/ledger/contract.ts'
import { billing } from '../../modules/billing/contract.ts'
import { people } from '../../modules/people/contract.ts'

const QUARTERS = ['01', '04', '07', '10']

const clerk = (t: Town) => must(t, t.company.key === 'anju' ? 'kefu' : t.company.admin_login)

function billEvents(t: Town, community: CommunityKey, month: string): Event[] {
  const day = firstOf(month)
  const has = (code: string): boolean => t.ids.fee.has(keyOf(community, code))
  const n = month.slice(5)
  const codes = ['WY', 'CW', ...(QUARTERS.includes(n) ? ['LJ'] : []), ...(n === '01' ? ['DX'] : [])].filter(has)
  const out: Event[] = [{ key: `bills ${community} ${month}`, day, time: '08:05:00', run: () => bill(t, community, month, 'monthly', codes) }]
  const season = `${month.slice(0, 4)}-${SEASON.from.slice(0, 2)}`
  const late = month === season && month === t.calendar.months[0]
  if (has('NF') && (late || addMonths(month, 1) === season)) out.push({ key: `heat ${community} ${season}`, day: late ? day : `${month}-${HEAT_BILLED_DAY}`, time: '08:20:00', run: () => bill(t, community, season, 'heat', ['NF']) })
  return out
}

async function change(t: Town, x: PlanChange): Promise<void> {
  const house_id = houseId(t, x.community, x.label)
  const owners = x.owners.map((o, i) => ({ person: { name: o.name, phone: o.phone }, share_num: o.share_num, share_den: o.share_den, is_primary: i === 0 }))
  if (x.kind === 'transfer') await t.road.call(clerk(t), ['transfer', x.community, x.label], people.transferHouse, { house_id, on_day: x.on_day, owners, reason: '二手房买卖,持不动产权证办理' })
  else await t.road.call(clerk(t), ['delivery', x.community, x.label], people.moveIn, { house_id, delivered_on: x.on_day, owners, state: 'renovating' })
}

function changeEvents(t: Town, community: CommunityKey, month: string): Event[] {
  const first = month === t.calendar.months[0]
  return changesOf(community, t.calendar)
    .filter((x) => x.noted_on.startsWith(month) || (first && x.noted_on < firstOf(month)))
    .map((x) => ({ key: `${x.kind} ${community} ${x.label}`, day: x.noted_on < firstOf(month) ? firstOf(month) : x.noted_on, time: x.noted_on < firstOf(month) ? '07:50:00' : '16:10:00', run: () => change(t, x) }))
}

function priceEvents(t: Town, month: string): Event[] {
  const from_on = priceChangeOn(t.calendar)
  const noted = addDays(from_on, -12)
  if (!t.community_keys.includes('garden') || !(noted.startsWith(month) || (month === t.calendar.months[0] && noted < firstOf(month)))) return []
  const day = noted < firstOf(month) ? firstOf(month) : noted
  const run = async (): Promise<void> => {
    const fee_item_id = t.ids.fee.get(keyOf('garden', 'WY'))!
    for (const p of PRICE_CHANGE.prices) await t.road.call(publisher(t), ['price', 'garden', 'WY', p.house_kind, from_on], billing.publishPrice, { fee_item_id, ...p, from_on, basis: PRICE_CHANGE.basis })
  }
  return [{ key: 'price change', day, time: '07:30:00', run }]
}

function deskEvents(t: Town, groups: readonly Group[], month: string, taken: (n: number) => void): Event[] {
  const by_day = new Map<string, Visiting[]>()
  for (const group of groups) {
    const visit = group.stays_away && month === t.calendar.current ? null : visitOf(group, t.calendar, month)
    if (visit === null) continue
    const last = lastDayOf(month)
    const asked = `${month}-${String(visit.day).padStart(2, '0')}`
    const day = asked > last ? last : asked
    by_day.set(day, [...(by_day.get(day) ?? []), { group, visit }])
  }
  return [...by_day].map(([day, visiting]) => ({ key: `desk ${day}`, day, time: '08:40:00', run: () => deskDay(t, month, day, visiting, taken) }))
}

/** Shifts are played in the last month only: they are what a manager looks at, and a year of them would double the time of loading. */
async function deskDay(t: Town, month: string, day: string, visiting: readonly Visiting[], taken: (n: number) => void): Promise<void> {
  const logins = month === t.calendar.current ? [...new Set(visiting.map((v) => cashierOf(t, v.group, day)))].sort() : []
  if (logins.length > 0) await setDeskRule(t, firstOf(month))
  await openDrawers(t, day, logins)
  taken(await openDesks(t, month, day, visiting))
  await countDrawers(t, day, logins)
  await closeDays(t, day, logins)
}

/** The commission of last month, on the fifth (酬金制). */
function commissionEvents(t: Town, month: string): Event[] {
  const community_id = t.ids.community.get('heshun')
  if (community_id === undefined || month === t.calendar.months[0]) return []
  const last = addMonths(month, -1)
  return [{ key: `commission heshun ${last}`, day: `${month}-05`, time: '10:00:00', run: async () => void (await t.road.call(publisher(t), ['commission', 'heshun', last], ledger.takeCommission, { community_id, month: last })) }]
}

async function play(t: Town, e: Event): Promise<void> {
  if (t.road.has('event', e.key) || !isPast(t.calendar, e.day, e.time)) return
  const iso = instantAt(t.calendar, e.day, e.time)
  // Desks move the clock themselves.
  if (e.key.startsWith('desk ')) await e.run()
  else await at(iso, e.run)
  await t.road.step(drafter(t), ['event', e.key], 'signed_in', async () => 1)
}

export async function playMonths(t: Town, months: readonly string[] = t.calendar.months): Promise<void> {
  const groups = t.community_keys.flatMap((c) => groupsOf(c, planPeople(t, c)))
  for (const month of months) {
    if (t.road.has('event', `month ${month}`)) continue
    const begun = nowMs()
    let payments = 0
    const events = [
      ...priceEvents(t, month),
      ...t.community_keys.flatMap((c) => [...changeEvents(t, c, month), ...billEvents(t, c, month)]),
      ...(t.community_keys.includes('garden') ? meterEvents(t, month) : []),
      ...deskEvents(t, groups, month, (n) => (payments += n)),
      ...(t.company.key === 'anju' ? [...reversalEvents(t, month), ...adjustmentEvents(t, month)] : []),
      ...heldEvents(t, month),
      ...commissionEvents(t, month),
      ...closingEvents(t, month),
    ]
    for (const e of events.sort((a, b) => (a.day + a.time + a.key < b.day + b.time + b.key ? -1 : 1))) await play(t, e)
    await t.road.step(drafter(t), ['event', `month ${month}`], 'signed_in', async () => 1)
    t.log(`${t.company.short_name} ${month}:出账与 ${payments} 笔收款,用时 ${((nowMs() - begun) / 1000).toFixed(1)} 秒`)
  }
}

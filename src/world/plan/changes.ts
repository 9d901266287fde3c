// What happens to houses while the months are played: sales in the middle of a month, and flats handed over by the developer.
import { addMonths } from '../../kernel/clock.ts'
import { dayBack, type Calendar } from './calendar.ts'
import { dice } from './random.ts'
import { fullName, phoneOf } from './names.ts'
import { NEWCOMER_PHONE } from './register.ts'
import { housesIn } from './houses.ts'
import { sampleHome } from './people.ts'
import type { CommunityKey, NewOwner, PlanChange, PlanHouse } from './shapes.ts'

const SALES: Record<CommunityKey, readonly number[]> = { garden: [16, 14, 12, 11, 9, 7, 5, 4, 2, 1], heshun: [13, 8, 3], huixin: [3] }
const HANDOVERS: Record<CommunityKey, readonly number[]> = { garden: [10, 4], heshun: [15, 12, 9, 6, 3, 2, 1], huixin: [] }

/** Owners of a change; the first phone of the community's newcomers counts on from `n`. */
function newcomers(community: CommunityKey, label: string, n: number): NewOwner[] {
  const d = dice('newcomer', community, label)
  const first = { name: fullName(d, 'young', 'm'), phone: phoneOf(NEWCOMER_PHONE[community] + 2 * n) }
  if (d.chance(0.4)) return [{ ...first, share_num: 1, share_den: 1 }]
  return [{ ...first, share_num: 1, share_den: 2 }, { name: fullName(d, 'young', 'f'), phone: phoneOf(NEWCOMER_PHONE[community] + 2 * n + 1), share_num: 1, share_den: 2 }]
}

/** Only what falls into the months that are played. */
export function changesOf(community: CommunityKey, c: Calendar): PlanChange[] {
  const d = dice('changes', community)
  const back = (n: number): boolean => n < c.months.length
  const choose = (state: PlanHouse['state']): PlanHouse[] => d.shuffled(housesIn(community).filter((h) => h.kind === 'dwelling' && h.state === state && !(community === 'garden' && h.label === sampleHome().label)))
  const sold = choose('lived_in')
  const given = choose('unsold')
  const sales = SALES[community].map((n, i): PlanChange => {
    const on_day = dayBack(c, n, d.int(8, 22))
    // Every other one is told of before the bills of the month: the month is then split between the two.
    return { community, kind: 'transfer', label: sold[i]!.label, on_day, noted_on: i % 2 === 0 ? `${addMonths(on_day.slice(0, 7), -1)}-26` : on_day, owners: newcomers(community, sold[i]!.label, i) }
  })
  const handovers = HANDOVERS[community].map((n, i): PlanChange => {
    const on_day = dayBack(c, n, d.int(5, 24))
    return { community, kind: 'delivery', label: given[i]!.label, on_day, noted_on: on_day, owners: newcomers(community, given[i]!.label, SALES[community].length + i) }
  })
  const months_back = (x: PlanChange): number => [...SALES[community], ...HANDOVERS[community]][[...sales, ...handovers].indexOf(x)]!
  return [...sales, ...handovers].filter((x) => back(months_back(x)) && x.on_day < c.today)
}
